import type { Dataset } from '@causal/datasets';
import { show } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { BaseAutoencoder } from './base-autoencoder';
import type { DecoderPlan } from './decoders/decoder';
import { checkImages, sampleRng, type ModelSource } from './inputs';
import type { ModelOptions } from './options';
import type { Networks, PlainRecipe, Shapes } from './recipe';
import type { StageHooks } from './structure';

/** What a picture is made of, as a model without concepts sees it. */
export interface Encoding {
  /** The code of each picture: mean of q(z | x), [n, latents]. */
  readonly noise: tf.Tensor2D;
  /** What is decoded [n, latents]: the code, taken to where the prior lives. */
  readonly latents: tf.Tensor2D;
}

/** A model that knows no labels: encode, decode, sample. */
export class Autoencoder<
  O extends ModelOptions = ModelOptions,
  N extends Networks = Networks,
> extends BaseAutoencoder<O, N> {
  /** @internal */
  protected readonly recipe: PlainRecipe<never, O, N>;

  protected constructor(recipe: PlainRecipe<never, O, N>, source: ModelSource, options: O) {
    super(source, options);
    this.recipe = recipe;
  }

  get conceptGraph(): null {
    return null;
  }

  rebuild(_graph: null, plan: DecoderPlan | null): void {
    this.build(createRng(0), plan);
  }

  /** The steps before training. fit() does this by itself where it was not done. */
  async prepare(data: Dataset, { rng }: StageHooks): Promise<void> {
    this.checkData(data);
    this.build(rng, null);
  }

  /** @internal Builds the networks. */
  build(rng: Rng, plan: DecoderPlan | null): void {
    const codeSize = this.recipe.codeSize(this.options);
    this.assemble(rng, plan, {
      imageShape: this.imageShape,
      conceptCount: 0,
      latentSize: 0,
      freeLatents: codeSize,
      codeSize,
    });
  }

  async finish(): Promise<void> {}

  /** @internal */
  rowWeights(): null {
    return null;
  }

  /** @internal */
  protected makeNetworks(shapes: Shapes, rng: Rng): N {
    return this.recipe.networks(shapes, this.options, rng, null);
  }

  /** What pictures [n, height, width, channels] in [0, 1] are made of. */
  encode(images: tf.Tensor4D): Encoding {
    checkImages(images, this.imageShape, `${this.kind}.encode`);
    return tf.tidy(() => {
      const noise = this.codes(images, null);
      return { noise, latents: this.recipe.project?.(noise, this.options) ?? noise.clone() };
    }) as unknown as Encoding;
  }

  /** Pictures [n, height, width, channels] from latents [n, latents], or from an encoding. */
  decode(latents: tf.Tensor | Encoding): tf.Tensor4D {
    const free = latents instanceof tf.Tensor ? latents : latents?.latents;
    const { freeLatents } = this.built.shapes;
    if (!(free instanceof tf.Tensor) || free.rank !== 2 || free.shape[1] !== freeLatents) {
      throw new RangeError(
        `${this.kind}.decode: expected latents [n, ${freeLatents}], got ${free instanceof tf.Tensor ? `[${free.shape.join(', ')}]` : show(free)}.`,
      );
    }
    return tf.tidy(() => this.paint({ concepts: null, free: free as tf.Tensor2D }));
  }

  /** What the model makes of pictures: encode, then decode. */
  reconstruct(images: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => this.decode(this.encode(images)));
  }

  /** New pictures [n, height, width, channels]: codes from the prior, decoded. */
  sample(n: number, options: { rng?: Rng; seed?: number } = {}): { images: tf.Tensor4D } {
    const rng = sampleRng(n, options, `${this.kind}.sample`, ['rng', 'seed']);
    return tf.tidy(() => ({
      images: this.decode(this.prior().sample(n, rng.split('noise'))),
    })) as unknown as { images: tf.Tensor4D };
  }
}
