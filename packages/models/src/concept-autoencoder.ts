import { graphStatusOf, type Concept, type Dataset, type Matrix } from '@causal/datasets';
import { prefixed, type Parameters } from '@causal/nn';
import { show } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { BaseAutoencoder } from './base-autoencoder';
import {
  discreteGraph,
  lagrangianTerm,
  penaltyOf,
  pretrainAdjacency,
  type PretrainedAdjacency,
} from './concepts/adjacency-training';
import { ConceptSpace } from './concepts/concept-space';
import {
  sliceInterventions,
  toUnitInterventions,
  type ConceptInterventions,
} from './concepts/interventions';
import { headSizes, LabelHead } from './concepts/label-head';
import { Mechanisms } from './concepts/mechanisms';
import type { DecoderPlan, Examples, RowWeights } from './decoders/decoder';
import { chooseDecoder, decoderKind, type DecoderChoice } from './decoders/kinds';
import { checkImages, chunked, sampleRng, type ModelSource } from './inputs';
import type { ConceptModelOptions, DecoderName } from './options';
import { splitCode, type PassParts } from './pass';
import type { Abducted, ConceptRecipe, ConceptRoom, Networks, Shapes } from './recipe';
import {
  examples,
  findGraph,
  fitMechanisms,
  labelledRows,
  type StageHooks,
  type Structure,
} from './structure';

/** What a picture is made of, as a model with concepts sees it. */
export interface ConceptEncoding {
  /** Exogenous noise ε [n, d, k] (posterior mean). */
  readonly noise: tf.Tensor3D;
  /** Causal latents z₂ [n, d, k]. */
  readonly latents: tf.Tensor3D;
  /** Labels [n, d] in native units: those given, or read off the pictures. */
  readonly labels: tf.Tensor2D;
  /** Latents of no concept [n, r]; absent where the model has none. */
  readonly free?: tf.Tensor2D;
}

/** Latents to decode: z₂ [n, d, k], and the free ones where the model has any. */
export interface DecodedLatents {
  readonly latents: tf.Tensor3D;
  readonly free?: tf.Tensor2D;
}

/** The concept side of a built model. */
interface BuiltConcepts {
  readonly mechanisms: Mechanisms;
  /** A [d, d] as trained; entries off the edges are masked. */
  readonly adjacency: tf.Variable;
  readonly edges: Matrix;
  readonly mask: tf.Tensor2D;
  /** λ and c of the acyclicity term. */
  readonly multipliers: tf.Variable;
}

/**
 * A model whose latents belong to labelled concepts: besides encode, decode and sample, do() and
 * counterfactuals by abduction, action and prediction.
 */
export class ConceptAutoencoder<
  O extends ConceptModelOptions = ConceptModelOptions,
  N extends Networks = Networks,
> extends BaseAutoencoder<O, N> {
  /** Labels in native units, on the unit scale, and as networks see them. */
  readonly space: ConceptSpace;
  /** What was chosen where the decoder was left open, and why; null where it was named. */
  choice: DecoderChoice | null = null;
  readonly #head: LabelHead;
  #concepts: BuiltConcepts | null = null;

  /** @internal */
  protected readonly recipe: ConceptRecipe<never, O, N>;

  readonly #withDecoder: (decoder: DecoderName) => O;

  /** @param withDecoder The options had the user named this decoder: others' defaults follow it. */
  protected constructor(
    recipe: ConceptRecipe<never, O, N>,
    source: ModelSource,
    options: O,
    withDecoder: (decoder: DecoderName) => O,
  ) {
    super(source, options);
    this.recipe = recipe;
    this.#withDecoder = withDecoder;
    this.space = new ConceptSpace(source.concepts);
    this.#head = new LabelHead(this.space);
  }

  override get concepts(): readonly Concept[] {
    return this.space.concepts;
  }

  get #builtConcepts(): BuiltConcepts {
    void this.built; // says what to do where nothing is built
    return this.#concepts!;
  }

  get #gain(): number {
    return this.recipe.gain?.(this.options) ?? 1;
  }

  get #seesLabels(): boolean {
    return this.recipe.seesLabels?.(this.options) ?? true;
  }

  /** Whether every entry of A is trained. */
  get #free(): boolean {
    return this.recipe.freeAdjacency?.(this.options) ?? false;
  }

  /** How each effect follows its causes. */
  get mechanisms(): Mechanisms {
    return this.#builtConcepts.mechanisms;
  }

  get conceptGraph(): Matrix {
    return this.mechanisms.graph;
  }

  rebuild(graph: Matrix | null, plan: DecoderPlan | null): void {
    const rng = createRng(0);
    const mechanisms = new Mechanisms({ graph: graph!, space: this.space, rng });
    this.buildConcepts({ graph: graph!, plan, mechanisms }, rng);
  }

  /**
   * The steps before training: learns the graph, fits the mechanisms, lets the decoder look at the
   * pictures, builds the networks. fit() does this by itself where it was not done.
   */
  async prepare(data: Dataset, hooks: StageHooks): Promise<void> {
    this.checkData(data);
    const { rng } = hooks;
    const labelled = labelledRows(data, this.space);
    const start = this.#free ? await this.#pretrained(labelled.labels, hooks) : null;
    const graph = start ? start.graph : await this.#findGraph(data, labelled.labels, hooks);
    const open = this.options.decoder === 'auto';
    const seen =
      open || decoderKind(this.options).plan ? await examples(data, labelled, hooks) : null;
    if (open) await this.#chooseDecoder(seen!, graph, hooks);
    const kind = decoderKind(this.options);
    const plan = kind.plan
      ? await kind.plan(seen!, graph, this.#shapes(null), {
          rng,
          signal: hooks.signal,
          onProgress: (progress) => hooks.onStage?.('screening', progress),
        })
      : null;
    const { mechanismSteps } = this.options;
    const mechanisms = await fitMechanisms(
      graph,
      labelled.labels,
      this.space,
      mechanismSteps,
      hooks,
    );
    this.buildConcepts({ graph, mechanisms, plan }, rng);
    if (start) this.#freeAdjacency(start);
  }

  async #chooseDecoder(seen: Examples, graph: Matrix, { rng, signal }: StageHooks): Promise<void> {
    this.choice = await chooseDecoder(seen, graph, this.#shapes(null), { rng, signal });
    this.options = this.#withDecoder(this.choice.decoder);
  }

  async #findGraph(data: Dataset, labels: Matrix, hooks: StageHooks): Promise<Matrix> {
    if (this.recipe.concepts === 'labels') return square(this.space.size, () => 0);
    if (this.options.graph === 'learn' && graphStatusOf(data) === 'believed') {
      this.onWarning(
        `${this.kind}: data set "${data.name}" carries a graph that you believe in, but the model learns its own from the labels: say graph: data.graph to use yours.`,
      );
    }
    return findGraph(this.options, labels, this.space, hooks, this.onWarning);
  }

  /** A by (2) under (3) on the labels alone, and the DAG nearest to it. */
  async #pretrained(
    labels: Matrix,
    hooks: StageHooks,
  ): Promise<PretrainedAdjacency & { readonly graph: Matrix }> {
    hooks.onStage?.('graph', 0);
    const { penalty, edgeThreshold } = this.options;
    if (!this.#seesLabels) {
      // Without labels (2) says nothing: A begins at 0 and is held acyclic from there.
      const weights = square(this.space.size, () => 0);
      return { weights, graph: weights, lambda: 1, c: 1 };
    }
    const found = await pretrainAdjacency(labels, penalty, hooks.signal);
    hooks.onStage?.('graph', 1);
    return { ...found, graph: discreteGraph(found.weights, edgeThreshold).graph };
  }

  /** Lets every entry of A move, from where its own training left it. */
  #freeAdjacency({ weights, lambda, c }: PretrainedAdjacency): void {
    const built = this.#builtConcepts;
    built.mask.dispose();
    this.#concepts = { ...built, ...edgesOf(square(this.space.size, (i, j) => Number(i !== j))) };
    tf.tidy(() => {
      built.adjacency.assign(tf.tensor2d(weights as number[][]));
      built.multipliers.assign(tf.tensor1d([lambda, c]));
    });
  }

  /**
   * After training: a trained A becomes a discrete DAG (small entries go, then the weakest edge of each
   * cycle, which is told), and the mechanisms are fitted anew where its edges are others than before.
   */
  async finish(data: Dataset, hooks: StageHooks): Promise<void> {
    if (!this.#free) return;
    const { edgeThreshold, mechanismSteps } = this.options;
    const { graph, dropped } = discreteGraph(this.adjacency(), edgeThreshold);
    if (dropped.length > 0) {
      const told = dropped.map(
        ({ from, to }) => `${this.space.names[from]} → ${this.space.names[to]}`,
      );
      this.onWarning(
        `${this.kind}: the trained A had cycles; dropped their weakest edges: ${told.join(', ')}.`,
      );
    }
    const built = this.#builtConcepts;
    const same = graph.every((row, i) =>
      row.every((w, j) => (w !== 0) === (built.mechanisms.graph[i]![j] !== 0)),
    );
    let { mechanisms } = built;
    if (!same) {
      const { labels } = labelledRows(data, this.space);
      mechanisms = await fitMechanisms(graph, labels, this.space, mechanismSteps, hooks);
      built.mechanisms.dispose();
    }
    built.mask.dispose();
    this.#concepts = { ...built, ...edgesOf(graph), mechanisms };
  }

  /** @internal Builds the networks on a structure, found or loaded. */
  buildConcepts({ graph, mechanisms, plan }: Structure, rng: Rng): void {
    const sizes = headSizes(this.space);
    this.assemble(rng, plan, this.#shapes(plan), {
      outputs: sizes.reduce((sum, size) => sum + size, 0),
      features: this.#seesLabels ? this.space.flatFeatures : 0,
    });
    this.#concepts = {
      mechanisms,
      ...edgesOf(graph),
      adjacency: tf.tidy(() => tf.variable(tf.tensor2d(graph as number[][]))),
      multipliers: tf.tidy(() => tf.variable(tf.tensor1d([0, 0]))),
    };
  }

  /** @internal */
  protected makeNetworks(shapes: Shapes, rng: Rng): N {
    return this.recipe.networks(shapes, this.options, rng, this.space);
  }

  #shapes(plan: DecoderPlan | null): Shapes {
    const { latentSize } = this.options;
    const asked = plan ? (decoderKind(this.options).freeLatents?.(plan) ?? 0) : 0;
    const freeLatents = this.options.freeLatents === 'auto' ? asked : this.options.freeLatents;
    const conceptCount = this.space.size;
    const codeSize = conceptCount * latentSize + freeLatents;
    return { imageShape: this.imageShape, conceptCount, latentSize, freeLatents, codeSize };
  }

  /** @internal How often each training row is drawn; null where all alike. */
  rowWeights(data: Dataset): RowWeights {
    const { plan } = this.built;
    const kind = decoderKind(this.options);
    if (!plan || !kind.rows) return null;
    const labels = data.labels('train');
    const rows = labelledRows(data, this.space);
    const found = kind.rows(rows.labels, plan);
    if (!found) return null;
    // Rows whose labels are not all there are drawn as the usual ones are.
    const weights = new Float32Array(labels.length).fill(1);
    rows.rows.forEach((row, i) => (weights[row] = found[i]!));
    return weights;
  }

  /** Which concept may touch which pixel [d][height][width], 0 to 1; null where the decoder has no say. */
  gates(): number[][][] | null {
    return tf.tidy(() => {
      const maps = this.built.decoder.gates?.();
      return (maps ? maps.arraySync() : null) as unknown as tf.TensorContainer;
    }) as unknown as number[][][] | null;
  }

  /** @internal */
  protected override get room(): ConceptRoom<O, N> {
    const { edges, mask, adjacency, multipliers, mechanisms } = this.#builtConcepts;
    const masked = (): tf.Tensor2D => adjacency.mul(mask) as tf.Tensor2D;
    return {
      ...super.room,
      space: this.space,
      edges,
      mask,
      graph: mechanisms.graph,
      adjacency: masked,
      acyclicity: () =>
        lagrangianTerm(penaltyOf(this.options.penalty)(masked()), multipliers as tf.Tensor1D),
    };
  }

  /** @internal */
  protected override passParts(): PassParts {
    const { room } = this;
    return {
      ...super.passParts(),
      concepts: {
        space: this.space,
        head: this.#head,
        gain: this.#gain,
        seesLabels: this.#seesLabels,
        latents: (noise, unit) => this.recipe.latents({ noise, unit }, room),
      },
    };
  }

  override parameters(): Record<string, tf.Variable> {
    const { adjacency } = this.#builtConcepts;
    const trained = this.recipe.trainsAdjacency?.(this.options) ?? false;
    return { ...(trained ? { adjacency } : {}), ...super.parameters() };
  }

  override buffers(): Parameters {
    const { mechanisms, multipliers } = this.#builtConcepts;
    return {
      ...super.buffers(),
      ...prefixed('mechanisms', mechanisms.buffers()),
      ...(this.#free ? { multipliers } : {}),
    };
  }

  override savedParameters(): Record<string, tf.Variable> {
    const { adjacency, mechanisms } = this.#builtConcepts;
    const fitted = prefixed('mechanisms', mechanisms.parameters());
    return { adjacency, ...super.savedParameters(), ...fitted };
  }

  /** The weighted causal graph A [d, d]: [i][j] ≠ 0 means concept i causes concept j. */
  adjacency(): number[][] {
    return tf.tidy(
      () => this.room.adjacency().arraySync() as unknown as tf.TensorContainer,
    ) as unknown as number[][];
  }

  /**
   * Abduction: what a picture is made of. Labels are read off the picture where none are given.
   * @param images [n, height, width, channels] in [0, 1].
   * @param labels [n, d] in native units; NaN where one is not known.
   */
  encode(images: tf.Tensor4D, labels?: tf.Tensor2D): ConceptEncoding {
    checkImages(images, this.imageShape, `${this.kind}.encode`);
    const expected = [images.shape[0], this.space.size];
    if (
      labels !== undefined &&
      !(labels instanceof tf.Tensor && labels.shape.join() === expected.join())
    ) {
      throw new RangeError(
        `${this.kind}.encode: expected labels [${expected.join(', ')}], got ${(labels as unknown) instanceof tf.Tensor ? `[${(labels as tf.Tensor).shape.join(', ')}]` : show(labels)}.`,
      );
    }
    return tf.tidy(() => {
      const { noise, unit, free } = this.#abduct(images, labels && this.space.toUnitTensor(labels));
      return {
        noise,
        latents: this.recipe.latents({ noise, unit }, this.room),
        labels: this.space.toNativeTensor(unit),
        ...(free ? { free } : {}),
      };
    }) as unknown as ConceptEncoding;
  }

  /** Noise, labels and free latents of pictures, in chunks. Called inside a tidy. */
  #abduct(
    images: tf.Tensor4D,
    given?: tf.Tensor2D,
  ): Abducted & { readonly free: tf.Tensor2D | null } {
    const { encoder, shapes } = this.built;
    const parts = chunked(images.shape[0], (row, size) =>
      tf.tidy(() => {
        const part = images.slice([row, 0, 0, 0], [size, -1, -1, -1]) as tf.Tensor4D;
        const features = encoder.features(part, { training: false });
        const read = this.#head.read(encoder.labels(features));
        const own = given?.slice([row, 0], [size, -1]) as tf.Tensor2D | undefined;
        const unit = (own ? tf.where(own.isNaN(), read, own) : read) as tf.Tensor2D;
        const seen = this.#seesLabels ? this.space.flat(unit) : null;
        const code = encoder.posterior(features, seen, part).mean;
        return { code, unit: unit.clone() };
      }),
    );
    const code = tf.concat2d(
      parts.map((part) => part.code),
      0,
    );
    return {
      ...splitCode(code, shapes),
      unit: tf.concat2d(
        parts.map((part) => part.unit),
        0,
      ),
    };
  }

  /** Pictures [n, height, width, channels] from latents z₂ [n, d, k], or from an encoding. */
  decode(latents: tf.Tensor | DecodedLatents): tf.Tensor4D {
    const { conceptCount: d, latentSize: k, freeLatents: r } = this.built.shapes;
    const given = latents instanceof tf.Tensor ? { latents } : (latents ?? {});
    const z = given.latents as tf.Tensor | undefined;
    if (!(z instanceof tf.Tensor) || z.rank !== 3 || z.shape[1] !== d || z.shape[2] !== k) {
      throw new RangeError(
        `${this.kind}.decode: expected latents [n, ${d}, ${k}], got ${z instanceof tf.Tensor ? `[${z.shape.join(', ')}]` : show(z)}.`,
      );
    }
    const free = 'free' in given ? given.free : undefined;
    if (r > 0 && !(free instanceof tf.Tensor && free.shape.join() === [z.shape[0], r].join())) {
      throw new RangeError(
        `${this.kind}.decode: this model has ${r} free latents: decode({ latents, free }) with free [${z.shape[0]}, ${r}], as encode gives them.`,
      );
    }
    return tf.tidy(() =>
      this.paint({ concepts: z.div(this.#gain) as tf.Tensor3D, free: r > 0 ? free! : null }),
    );
  }

  reconstruct(images: tf.Tensor4D): tf.Tensor4D {
    return this.counterfactual(images, {});
  }

  /**
   * The same pictures under do(): abduct the noise and the labels, set the targets, let their
   * effects follow, decode. Causes stay exactly as they were; with no intervention this is the
   * reconstruction.
   * @param images [n, height, width, channels] in [0, 1].
   * @param interventions Concept name → value in native units (or a category's name), for all
   *   pictures or one for each; `{ shift }` adds. Values outside a concept's range warn.
   * @throws TypeError, RangeError naming the concept, what was expected and what came.
   */
  counterfactual(images: tf.Tensor4D, interventions: ConceptInterventions): tf.Tensor4D {
    checkImages(images, this.imageShape, `${this.kind}.counterfactual`);
    const n = images.shape[0];
    const targets = toUnitInterventions(this.space, interventions, n, this.onWarning);
    return tf.tidy(() => {
      const parts = chunked(n, (row, size) =>
        tf.tidy(() => {
          const part = images.slice([row, 0, 0, 0], [size, -1, -1, -1]) as tf.Tensor4D;
          const { noise, unit, free } = this.#abduct(part);
          const own = sliceInterventions(targets, row, size);
          return this.decode({
            latents: this.#latentsUnder({ noise, unit }, own),
            ...(free ? { free } : {}),
          });
        }),
      );
      return tf.concat(parts, 0) as tf.Tensor4D;
    });
  }

  /** z₂ under do(), unit scale. */
  #latentsUnder(abducted: Abducted, targets: ReturnType<typeof toUnitInterventions>): tf.Tensor3D {
    const { room } = this;
    const latent = this.recipe.intervene?.(abducted, targets, room);
    if (latent) return latent;
    const after = this.mechanisms.propagate(abducted.unit, targets);
    return (
      this.recipe.latentsAfter?.(abducted, after, room) ??
      this.recipe.latents({ noise: abducted.noise, unit: after }, room)
    );
  }

  /**
   * New pictures: noise from the prior, labels from the label model, under do() if asked.
   * @returns Pictures [n, height, width, channels] and their labels [n, d] in native units.
   */
  sample(
    n: number,
    options: { rng?: Rng; seed?: number; interventions?: ConceptInterventions } = {},
  ): { images: tf.Tensor4D; labels: tf.Tensor2D } {
    const caller = `${this.kind}.sample`;
    const rng = sampleRng(n, options, caller, ['rng', 'seed', 'interventions']);
    const { interventions = {} } = options;
    const targets = toUnitInterventions(this.space, interventions, n, this.onWarning);
    return tf.tidy(() => {
      const unit = this.mechanisms.sample(n, rng, targets);
      const code = this.prior().sample(n, rng.split('noise'));
      const { noise, free } = splitCode(code, this.built.shapes);
      const { room } = this;
      const latents =
        this.recipe.latentsFromPrior?.({ noise, unit }, room) ??
        this.recipe.latents({ noise, unit }, room);
      return {
        images: this.decode({ latents, ...(free ? { free } : {}) }),
        labels: this.space.toNativeTensor(unit),
      };
    }) as unknown as { images: tf.Tensor4D; labels: tf.Tensor2D };
  }

  override dispose(): void {
    super.dispose();
    if (this.#concepts) {
      this.#concepts.mechanisms.dispose();
      const { adjacency, mask, multipliers } = this.#concepts;
      tf.dispose([adjacency, mask, multipliers]);
      this.#concepts = null;
    }
    this.space.dispose();
  }

  protected override checkData(data: Dataset): void {
    super.checkData(data);
    const names = data.concepts.map((concept) => concept.name).join(', ');
    if (names !== this.space.names.join(', ')) {
      throw new RangeError(
        `The data set has the concepts ${names}; this model ${this.space.names.join(', ')}.`,
      );
    }
  }
}

function square(d: number, entry: (i: number, j: number) => number): number[][] {
  return Array.from({ length: d }, (_, i) => Array.from({ length: d }, (__, j) => entry(i, j)));
}

/** Where A may differ from 0, for hosts and on the engine. */
function edgesOf(graph: Matrix): Pick<BuiltConcepts, 'edges' | 'mask'> {
  const edges = graph.map((row) => row.map((w) => Number(w !== 0)));
  return { edges, mask: tf.keep(tf.tensor2d(edges)) };
}
