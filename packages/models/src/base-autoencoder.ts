import type { Batch, Concept, Dataset, Matrix } from '@causal/datasets';
import { gaussianPrior } from '@causal/divergences';
import { prefixed, type Parameters } from '@causal/nn';
import { optionNames } from '@causal/options';
import type { Rng } from '@causal/random';
import type { FitResult, Loss, LossContext, Trainable } from '@causal/training';
import * as tf from '@tensorflow/tfjs';
import { buildDecoder } from './decoders/kinds';
import type { Decoder, DecoderInput, DecoderPlan, RowWeights } from './decoders/decoder';
import { ImageEncoder } from './encoders/image-encoder';
import { fitModel, type ModelFitOptions } from './fit-model';
import { chunked, checkSource, warnOnce, type ModelSource } from './inputs';
import { modelIdentity, packModel, type PackedModel } from './model-file';
import type { ModelOptions } from './options';
import { runPass, type PassParts } from './pass';
import type { BaseRecipe, Networks, Room, Shapes } from './recipe';
import type { StageHooks } from './structure';
import { weighTerms } from './terms';

/** The parts of a model once it is built. */
export interface Built<N extends Networks> {
  readonly shapes: Shapes;
  readonly encoder: ImageEncoder;
  readonly decoder: Decoder;
  readonly networks: N;
  readonly plan: DecoderPlan | null;
}

/**
 * What every model shares: its parts, its loss, fit and save. What a paper says stands in its recipe;
 * {@link modelOf} makes a class of it.
 */
export abstract class BaseAutoencoder<
  O extends ModelOptions = ModelOptions,
  N extends Networks = Networks,
> implements Trainable<Batch> {
  readonly imageShape: readonly [number, number, number];
  /** The options with every default filled in; a decoder that was `'auto'` is named once chosen. */
  options: O;
  /** Called with what should be looked at. Default: console.warn, each message once. */
  onWarning: (message: string) => void = warnOnce();
  /** @internal */
  protected abstract readonly recipe: BaseRecipe<O, N>;
  #built: Built<N> | null = null;
  /** Networks that were read from a file with this model: nobody else would free them. */
  readonly #owned: tf.LayersModel[] = [];

  protected constructor(source: ModelSource, options: O) {
    checkSource(source, 'new model');
    this.imageShape = source.imageShape;
    this.options = options;
  }

  /** Name of the class, as saved files say it. */
  get kind(): string {
    return this.recipe.name;
  }

  /**
   * @internal Options as a saved file holds them: the resolved ones that can be given again, without
   * those that the recipe derives from others.
   */
  get givenOptions(): Readonly<Record<string, unknown>> {
    const names = optionNames(this.recipe.options);
    const all = Object.entries(this.options);
    return Object.fromEntries(names ? all.filter(([name]) => names.includes(name)) : all);
  }

  /** Whether the model has its networks: after prepare, fit or load. */
  get ready(): boolean {
    return this.#built !== null;
  }

  /** @internal @throws Error before the model has networks. */
  protected get built(): Built<N> {
    if (!this.#built) {
      throw new Error(
        `This ${this.kind} has no networks yet: call fit(data) first, or load a saved one.`,
      );
    }
    return this.#built;
  }

  /** Concepts of the model; none here. */
  get concepts(): readonly Concept[] {
    return [];
  }

  /** @internal What the decoder found about the pictures before training. */
  get plan(): DecoderPlan | null {
    return this.built.plan;
  }

  /** @internal Weights of the concept graph as found or given; null without concepts. */
  abstract readonly conceptGraph: Matrix | null;

  /** @internal Builds the networks as a saved model had them; their values are overwritten. */
  abstract rebuild(graph: Matrix | null, plan: DecoderPlan | null): void;

  /** The steps before training. fit() does this by itself where it was not done. */
  abstract prepare(data: Dataset, hooks: StageHooks): Promise<void>;

  /** @internal What comes after training, before the model is used. */
  abstract finish(data: Dataset, hooks: StageHooks): Promise<void>;

  /** @internal Makes encoder, decoder and the recipe's own networks. */
  protected assemble(
    rng: Rng,
    plan: DecoderPlan | null,
    shapes: Shapes,
    labels: { outputs: number; features: number } = { outputs: 0, features: 0 },
  ): void {
    if (this.#built) throw new Error('This model has its networks already; make a new one.');
    const sigma = this.recipe.freeSigma?.(this.options);
    const { encoder: network, width, depth, features, normalization, dropout } = this.options;
    this.#built = {
      shapes,
      plan,
      encoder: new ImageEncoder({
        imageShape: this.imageShape,
        ...(network ? { network } : {}),
        width,
        depth,
        features,
        normalization,
        dropout,
        codeSize: shapes.codeSize,
        labelOutputs: labels.outputs,
        labelFeatures: labels.features,
        initialLogSigma: this.options.initialLogSigma,
        ...(sigma !== undefined && shapes.conceptCount > 0 && shapes.freeLatents > 0
          ? { free: { size: shapes.freeLatents, sigma } }
          : {}),
        rng: rng.split('encoder'),
      }),
      decoder: buildDecoder({ ...shapes, rng: rng.split('decoder') }, this.options, plan),
      networks: this.makeNetworks(shapes, rng),
    };
  }

  /** @internal */
  protected abstract makeNetworks(shapes: Shapes, rng: Rng): N;

  /** @internal What the recipe's functions are told. */
  protected get room(): Room<O, N> {
    const { networks, shapes } = this.built;
    return { options: this.options, networks, shapes };
  }

  /** @internal */
  protected passParts(): PassParts {
    const { shapes, encoder, decoder } = this.built;
    const { recipe, options } = this;
    return {
      shapes,
      encoder,
      decoder,
      prior: this.prior(),
      stochastic: recipe.stochastic?.(options) ?? true,
      project: (code) => recipe.project?.(code, options) ?? code,
      posterior: (posterior) => recipe.posterior?.(posterior, options) ?? posterior,
      concepts: null,
    };
  }

  /** @internal P_Z of the code. */
  protected prior(): PassParts['prior'] {
    const { shapes } = this.built;
    return (
      this.recipe.prior?.(shapes, this.options) ?? gaussianPrior({ dimension: shapes.codeSize })
    );
  }

  loss(batch: Batch, context: LossContext): Loss {
    const pass = runPass(this.passParts(), batch, context);
    const terms = this.recipe.terms(pass as never, this.room as never);
    const { total, terms: values } = weighTerms(terms, this.options.weights);
    const { penalty } = pass.sample;
    const regularization = this.built.encoder.regularization();
    const added = [penalty, regularization].filter((term) => term !== undefined && term !== null);
    return {
      total: tf.addN([total, ...added]) as tf.Scalar,
      terms: { ...values, ...(penalty ? { decoder: penalty } : {}) },
      carried: this.adversary ? { code: pass.code, prior: pass.prior } : {},
    };
  }

  get adversary(): Trainable<Batch>['adversary'] {
    return this.recipe.adversary?.(this.room as never) ?? undefined;
  }

  /** @internal How often each training row is drawn; null where all alike. */
  abstract rowWeights(data: Dataset): RowWeights;

  async afterStep(): Promise<void> {
    await this.built.decoder.afterStep?.();
  }

  /** Trained parameters by name. */
  parameters(): Record<string, tf.Variable> {
    const { encoder, decoder, networks } = this.built;
    return {
      ...prefixed('encoder', encoder.parameters()),
      ...prefixed('decoder', decoder.parameters()),
      ...networks.parameters(),
    };
  }

  /** Variables that no gradient trains: running statistics, frozen layers. */
  buffers(): Parameters {
    const { encoder, decoder, networks } = this.built;
    return {
      ...prefixed('encoder', encoder.buffers?.() ?? {}),
      ...prefixed('decoder', decoder.buffers?.() ?? {}),
      ...(networks.buffers?.() ?? {}),
    };
  }

  /** Everything that is saved. */
  savedParameters(): Record<string, tf.Variable> {
    return { ...this.parameters(), ...this.buffers() };
  }

  group(parameter: string): string {
    if (parameter.startsWith('encoder/free/')) return 'free';
    return parameter.startsWith('decoder/') ? 'decoder' : 'default';
  }

  /** What a run of this model is: a checkpoint of another one is refused. */
  identity(): unknown {
    return modelIdentity(this);
  }

  /**
   * Trains on a data set: prepares (see {@link prepare}), then runs the training loop.
   * @returns What happened: steps, seconds, history, where it was written.
   */
  async fit(data: Dataset, options: ModelFitOptions): Promise<FitResult> {
    this.checkData(data);
    return fitModel(this, data, options, () => {
      const { training } = this.recipe;
      return typeof training === 'function' ? training(this.options) : training;
    });
  }

  /** Everything of the model as JSON and safetensors bytes; works in browsers. */
  pack(): PackedModel {
    return packModel(this);
  }

  /** Writes the model as a folder (Node); `load` of its class reads it. */
  async save(folder: string): Promise<void> {
    const { writeModelFolder } = await import('@causal/training/node');
    await writeModelFolder(folder, this.pack());
  }

  /** @internal Means of q(code | x[, u]) [n, code], in chunks. Called inside a tidy. */
  protected codes(images: tf.Tensor4D, labels: tf.Tensor2D | null): tf.Tensor2D {
    const { encoder } = this.built;
    const parts = chunked(images.shape[0], (row, size) =>
      tf.tidy(() => {
        const part = images.slice([row, 0, 0, 0], [size, -1, -1, -1]) as tf.Tensor4D;
        const features = encoder.features(part, { training: false });
        const own = labels && (labels.slice([row, 0], [size, -1]) as tf.Tensor2D);
        return encoder.posterior(features, own, part).mean;
      }),
    );
    return tf.concat2d(parts, 0);
  }

  /** @internal Pictures from what the decoder sees, in chunks. */
  protected paint({ concepts, free }: DecoderInput): tf.Tensor4D {
    const n = (concepts ?? free)!.shape[0];
    const parts = chunked(n, (row, size) =>
      tf.tidy(() =>
        this.built.decoder.decode({
          concepts: concepts && (concepts.slice([row, 0, 0], [size, -1, -1]) as tf.Tensor3D),
          free: free && (free.slice([row, 0], [size, -1]) as tf.Tensor2D),
        }),
      ),
    );
    return tf.concat(parts, 0) as tf.Tensor4D;
  }

  /** What the model makes of pictures: encode, then decode. */
  abstract reconstruct(images: tf.Tensor4D): tf.Tensor4D;

  /** @internal Hands a network over: it is freed with this model. */
  own(network: tf.LayersModel): void {
    this.#owned.push(network);
  }

  /** Frees all networks; the model cannot be used afterwards. A network of yours stays yours. */
  dispose(): void {
    for (const network of this.#owned.splice(0)) network.dispose();
    if (!this.#built) return;
    const { encoder, decoder, networks } = this.#built;
    for (const part of [encoder, decoder, networks]) part.dispose();
    this.#built = null;
  }

  /** @throws where a data set does not fit this model. */
  protected checkData(data: Dataset): void {
    checkSource(data, `${this.kind}.fit`);
    if (data.imageShape.join() !== this.imageShape.join()) {
      throw new RangeError(
        `The data set's pictures are [${data.imageShape}]; this model takes [${this.imageShape}].`,
      );
    }
  }
}
