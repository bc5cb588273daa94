import type { Batch, Concept, Dataset } from '@causal/datasets';
import { createRng, type Rng } from '@causal/random';
import type { FitResult, Loss, LossContext, Trainable } from '@causal/training';
import type { Interventions } from '@causal/scm';
import * as tf from '@tensorflow/tfjs';
import { ConceptScale } from './concept-scale';
import { buildParts, type CausalParts } from './build-parts';
import { fitModel, type CausalFitOptions } from './fit-model';
import { checkRows, sliceInterventions, toUnitInterventions } from './interventions';
import { packModel, type PackedModel } from './model-file';
import type { CausalOptions } from './options';
import { prefixed, type Parameters } from '@causal/nn';
import { findStructure, type Stage, type Structure } from './structure';

/** What a picture is made of, as a model sees it. */
export interface Encoding {
  /** Exogenous noise ε [n, d, k] (posterior mean). */
  readonly noise: tf.Tensor3D;
  /** Causal latents z₂ [n, d, k]. */
  readonly latents: tf.Tensor3D;
  /** Labels [n, d] in native units: those given, or read off the pictures. */
  readonly labels: tf.Tensor2D;
}

/** What a model needs to know of its data before it sees any. */
export type ConceptSource = Pick<Dataset, 'concepts' | 'imageShape'>;

export interface PrepareOptions {
  readonly rng: Rng;
  readonly signal?: AbortSignal | undefined;
  /** Called as the steps before training go on: progress from 0 to 1. */
  readonly onStage?: ((stage: Stage, progress: number) => void) | undefined;
}

/** Pictures encoded or decoded at once: bounds memory on large inputs. */
const CHUNK = 64;

/**
 * What CausalVAE and CausalWAE share: encode, decode, do() and counterfactuals by abduction,
 * action and prediction. A subclass says how labels and noise become latents, and its loss.
 */
export abstract class CausalAutoencoder<
  O extends CausalOptions = CausalOptions,
> implements Trainable<Batch> {
  readonly concepts: readonly Concept[];
  readonly imageShape: readonly [number, number, number];
  readonly latentSize: number;
  /** The options with every default filled in. */
  readonly options: O;
  protected readonly scale: ConceptScale;
  #parts: CausalParts | null = null;

  protected constructor(source: ConceptSource, options: O) {
    if (!source?.concepts || !source.imageShape) {
      throw new TypeError(
        'A causal model needs { data }: a data set, or an object with its concepts and imageShape.',
      );
    }
    this.concepts = source.concepts;
    this.imageShape = source.imageShape;
    this.latentSize = options.latentSize;
    this.options = options;
    this.scale = new ConceptScale(source.concepts);
  }

  /** Name of the class, as saved files say it. */
  abstract readonly kind: string;
  /** z₂ [n, d, k] from ε [n, d, k] and unit labels [n, d]. Called inside a tidy. */
  protected abstract latentsOf(noise: tf.Tensor3D, unitLabels: tf.Tensor2D): tf.Tensor3D;
  /**
   * z₂ after do(): `before` are the labels as abducted, `after` those that do() makes of them.
   * Equal labels must give `latentsOf(noise, before)`.
   */
  protected latentsAfter(
    noise: tf.Tensor3D,
    _before: tf.Tensor2D,
    after: tf.Tensor2D,
  ): tf.Tensor3D {
    return this.latentsOf(noise, after);
  }
  /** z₂ of new pictures: ε drawn from N(0, I), unit labels from the label model. */
  protected latentsFromPrior(noise: tf.Tensor3D, unitLabels: tf.Tensor2D): tf.Tensor3D {
    return this.latentsOf(noise, unitLabels);
  }
  /** Makes the subclass's own networks; the shared parts are there by then. */
  protected abstract buildOwn(rng: Rng): void;
  /** Parameters of the subclass beside the shared parts. */
  protected abstract ownParameters(): Parameters;
  abstract loss(batch: Batch, context: LossContext): Loss;

  /** Whether A is trained; else it stays at the linear effects that the labels show. */
  protected abstract readonly trainsAdjacency: boolean;

  /** Gain of the latents: the decoder sees z₂ ÷ gain. */
  protected abstract readonly gain: number;

  protected get parts(): CausalParts {
    if (!this.#parts) {
      throw new Error('This model has no networks yet: call fit(data) first, or load a saved one.');
    }
    return this.#parts;
  }

  /** Whether the model has its networks: after prepare, fit or load. */
  get ready(): boolean {
    return this.#parts !== null;
  }

  /**
   * The steps before training: learns the graph, screens the pixels, fits the mechanisms, builds
   * the networks. fit() does this by itself where it was not done.
   */
  async prepare(data: Dataset, { rng, signal, onStage }: PrepareOptions): Promise<void> {
    this.#checkData(data);
    const structure = await findStructure(data, this.scale, {
      graph: this.options.graph,
      screening: this.options.decoder === 'warp',
      mechanismSteps: this.options.mechanismSteps,
      rng,
      signal,
      onStage,
    });
    this.build(structure, rng);
  }

  /** @internal Builds the networks on a structure, found or loaded. */
  build(structure: Structure, rng: Rng): void {
    if (this.#parts) throw new Error('This model has its networks already; make a new one.');
    this.#parts = buildParts(this.imageShape, this.options, structure, rng);
    this.buildOwn(rng);
  }

  /**
   * Trains on a data set: prepares (see {@link prepare}), then runs the training loop.
   * @returns What happened: steps, seconds, history, where it was written.
   */
  async fit(data: Dataset, options: CausalFitOptions): Promise<FitResult> {
    this.#checkData(data);
    return fitModel(this, data, options);
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

  /** @internal The structure that was found. */
  get structure(): Structure {
    return this.parts.structure;
  }

  /** Trained parameters by name. The mechanisms are fitted before and saved beside them. */
  parameters(): Record<string, tf.Variable> {
    const { encoder, decoder, adjacency } = this.parts;
    return {
      ...(this.trainsAdjacency ? { adjacency } : {}),
      ...prefixed('encoder', encoder.parameters()),
      ...prefixed('decoder', decoder.parameters()),
      ...this.ownParameters(),
    };
  }

  /** Everything that is saved. */
  savedParameters(): Record<string, tf.Variable> {
    const { adjacency, mechanisms } = this.parts;
    return { adjacency, ...this.parameters(), ...prefixed('mechanisms', mechanisms.parameters()) };
  }

  group(parameter: string): string {
    return parameter.startsWith('decoder/') ? 'decoder' : 'default';
  }

  /** Which entries of A may differ from 0: the graph's edges. */
  protected allowedEdges(): number[][] {
    return this.parts.mechanisms.graph.map((row) => row.map((w) => (w !== 0 ? 1 : 0)));
  }

  /** A, off the allowed edges 0: [i][j] ≠ 0 means i → j. */
  protected maskedAdjacency(): tf.Tensor2D {
    return this.parts.adjacency.mul(tf.tensor2d(this.allowedEdges())) as tf.Tensor2D;
  }

  /** The weighted causal graph A [d, d]: [i][j] ≠ 0 means concept i causes concept j. */
  adjacency(): number[][] {
    const masked = tf.tidy(() => this.maskedAdjacency());
    const rows = masked.arraySync();
    masked.dispose();
    return rows;
  }

  /**
   * Abduction: what a picture is made of. Labels are read off the picture where none are given.
   * @param images [n, height, width, channels] in [0, 1].
   * @param labels [n, d] in native units.
   */
  encode(images: tf.Tensor4D, labels?: tf.Tensor2D): Encoding {
    this.#checkImages(images);
    if (labels && (labels.shape[0] !== images.shape[0] || labels.shape[1] !== this.scale.size)) {
      throw new Error(
        `encode: labels have shape [${labels.shape}], expected [${images.shape[0]}, ${this.scale.size}].`,
      );
    }
    return tf.tidy(() => {
      const unit = labels ? this.scale.toUnitTensor(labels) : null;
      const chunks = chunked(images.shape[0], (row, size) => {
        const part = images.slice([row, 0, 0, 0], [size, -1, -1, -1]);
        return this.#abduct(part, unit?.slice([row, 0], [size, -1]));
      });
      const join = (pick: (chunk: Abducted) => tf.Tensor): tf.Tensor =>
        tf.concat(chunks.map(pick), 0);
      const noise = join((chunk) => chunk.noise) as tf.Tensor3D;
      const unitLabels = join((chunk) => chunk.unitLabels) as tf.Tensor2D;
      return {
        noise,
        latents: this.latentsOf(noise, unitLabels),
        labels: this.scale.toNativeTensor(unitLabels),
      };
    }) as unknown as Encoding;
  }

  #abduct(images: tf.Tensor4D, unitLabels?: tf.Tensor2D): Abducted {
    return tf.tidy(() => {
      const { encoder } = this.parts;
      const features = encoder.features(images);
      const labels = unitLabels ?? encoder.labels(features);
      const { mean } = encoder.noise(features, labels);
      return {
        noise: mean.reshape([images.shape[0], this.scale.size, this.latentSize]) as tf.Tensor3D,
        unitLabels: labels.clone(),
      };
    }) as unknown as Abducted;
  }

  /** Pictures [n, height, width, channels] from latents z₂ [n, d, k]. */
  decode(latents: tf.Tensor3D): tf.Tensor4D {
    const [, d, k] = latents.shape;
    if (latents.rank !== 3 || d !== this.scale.size || k !== this.latentSize) {
      throw new Error(
        `decode: latents have shape [${latents.shape}], expected [n, ${this.scale.size}, ${this.latentSize}].`,
      );
    }
    return tf.tidy(() => {
      const scaled = latents.div(this.gain) as tf.Tensor3D;
      const parts = chunked(latents.shape[0], (row, size) =>
        this.parts.decoder.decode(scaled.slice([row, 0, 0], [size, -1, -1])),
      );
      return tf.concat(parts, 0) as tf.Tensor4D;
    });
  }

  /** What the model makes of pictures: encode, then decode. */
  reconstruct(images: tf.Tensor4D): tf.Tensor4D {
    return this.counterfactual(images, {});
  }

  /**
   * The same pictures under do(): abduct the noise and the labels, set the targets, let their
   * effects follow, decode. Causes stay exactly as they were; with no intervention this is the
   * reconstruction.
   * @param images [n, height, width, channels] in [0, 1].
   * @param interventions Concept name → value in native units, for all rows or one per row.
   */
  counterfactual(images: tf.Tensor4D, interventions: Interventions): tf.Tensor4D {
    this.#checkImages(images);
    return tf.tidy(() => {
      const n = images.shape[0];
      const targets = toUnitInterventions(this.scale, interventions);
      checkRows(targets, n);
      const parts = chunked(n, (row, size) =>
        tf.tidy(() => {
          const { noise, unitLabels } = this.#abduct(
            images.slice([row, 0, 0, 0], [size, -1, -1, -1]),
          );
          const after = this.parts.mechanisms.propagate(
            unitLabels,
            sliceInterventions(targets, row, size),
          );
          return this.decode(this.latentsAfter(noise, unitLabels, after));
        }),
      );
      return tf.concat(parts, 0) as tf.Tensor4D;
    });
  }

  /**
   * New pictures: noise from the prior, labels from the label model, under do() if asked.
   * @returns Pictures [n, height, width, channels] and their labels [n, d] in native units.
   */
  sample(
    n: number,
    options: { rng?: Rng; seed?: number; interventions?: Interventions } = {},
  ): { images: tf.Tensor4D; labels: tf.Tensor2D } {
    const rng = options.rng ?? createRng(options.seed ?? 0);
    const { mechanisms } = this.parts;
    return tf.tidy(() => {
      const targets = toUnitInterventions(this.scale, options.interventions ?? {});
      const unit = mechanisms.sample(n, rng, targets);
      const shape: [number, number, number] = [n, this.scale.size, this.latentSize];
      const noise = tf.tensor3d(rng.split('noise').normals(tf.util.sizeFromShape(shape)), shape);
      return {
        images: this.decode(this.latentsFromPrior(noise, unit)),
        labels: this.scale.toNativeTensor(unit),
      };
    }) as unknown as { images: tf.Tensor4D; labels: tf.Tensor2D };
  }

  #checkData(data: Dataset): void {
    const names = data.concepts.map((concept) => concept.name).join(', ');
    if (names !== this.scale.names.join(', ')) {
      throw new Error(
        `The data set has the concepts ${names}; this model ${this.scale.names.join(', ')}.`,
      );
    }
    if (data.imageShape.join() !== this.imageShape.join()) {
      throw new Error(
        `The data set's pictures are [${data.imageShape}]; this model takes [${this.imageShape}].`,
      );
    }
  }

  #checkImages(images: tf.Tensor4D): void {
    if (images.rank !== 4 || images.shape.slice(1).join() !== this.imageShape.join()) {
      throw new Error(
        `Pictures have shape [${images.shape}], this model takes [n, ${this.imageShape.join(', ')}].`,
      );
    }
  }
}

interface Abducted {
  readonly noise: tf.Tensor3D;
  readonly unitLabels: tf.Tensor2D;
}

function chunked<T>(n: number, body: (row: number, size: number) => T): T[] {
  const results: T[] = [];
  for (let row = 0; row < n; row += CHUNK) results.push(body(row, Math.min(CHUNK, n - row)));
  return results;
}
