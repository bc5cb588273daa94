import type { Dataset, Matrix } from '@causal/datasets';
import type { Rng } from '@causal/random';
import { conceptGraph, type GraphChoice } from './concepts/concept-graph';
import type { ConceptSpace } from './concepts/concept-space';
import { Mechanisms } from './concepts/mechanisms';
import type { DecoderPlan, Examples } from './decoders/decoder';

/** A stage before training, as progress reports name it. */
export type Stage = 'graph' | 'screening' | 'mechanisms';

/** How the steps before training report and stop. */
export interface StageHooks {
  readonly rng: Rng;
  readonly signal?: AbortSignal | undefined;
  /** Called as the stages go on: progress from 0 to 1. */
  readonly onStage?: ((stage: Stage, progress: number) => void) | undefined;
}

/** What is found before any picture is reconstructed. */
export interface Structure {
  /** Linear weights of the concept graph on unit labels; non-zero [i][j] means i → j. */
  readonly graph: Matrix;
  readonly mechanisms: Mechanisms;
  /** What the decoder found about the pictures. */
  readonly plan: DecoderPlan | null;
}

/** Labelled rows needed to learn a graph and mechanisms. */
const LEAST_ROWS = 50;
/** Pixel values held for a look at the pictures: at most 80 MB as float32. */
const EXAMPLE_VALUES = 20_000_000;
const EXAMPLE_ROWS = 2500;

/** Training rows whose labels are all there, and these labels on the unit scale. */
export interface LabelledRows {
  readonly rows: readonly number[];
  readonly labels: Matrix;
}

/** @throws RangeError where too few rows are fully labelled. */
export function labelledRows(data: Dataset, space: ConceptSpace): LabelledRows {
  const labels = data.labels('train');
  const rows: number[] = [];
  labels.forEach((row, r) => {
    if (row.every((value) => Number.isFinite(value))) rows.push(r);
  });
  if (rows.length < LEAST_ROWS) {
    throw new RangeError(
      `Data set "${data.name}" has ${rows.length} fully labelled training rows; at least ${LEAST_ROWS} are needed to learn the graph and the mechanisms.`,
    );
  }
  return { rows, labels: space.toUnit(rows.map((r) => labels[r]!)) };
}

/** The concept graph from the labels, or the one given. */
export async function findGraph(
  choice: GraphChoice,
  labels: Matrix,
  space: ConceptSpace,
  { rng, signal, onStage }: StageHooks,
  warn: (message: string) => void,
): Promise<number[][]> {
  onStage?.('graph', 0);
  const graph = await conceptGraph(choice, labels, space.names, rng, { signal, warn });
  onStage?.('graph', 1);
  return graph;
}

/** How each effect follows its causes, fitted to the labels. */
export async function fitMechanisms(
  graph: Matrix,
  labels: Matrix,
  space: ConceptSpace,
  steps: number,
  { rng, signal, onStage }: StageHooks,
): Promise<Mechanisms> {
  const mechanisms = new Mechanisms({ graph, space, rng });
  await mechanisms.fit(labels, {
    rng,
    steps,
    signal,
    onProgress: (done, total) => onStage?.('mechanisms', done / total),
  });
  onStage?.('mechanisms', 1);
  return mechanisms;
}

/** Labelled training pictures for the decoder's look at the data, at most 80 MB of them. */
export async function examples(
  data: Dataset,
  labelled: LabelledRows,
  { rng, signal, onStage }: StageHooks,
): Promise<Examples> {
  onStage?.('screening', 0);
  const size = data.imageShape[0] * data.imageShape[1] * data.imageShape[2];
  const count = Math.min(labelled.rows.length, EXAMPLE_ROWS, Math.floor(EXAMPLE_VALUES / size));
  const chosen = [...rng.split('screening-rows').permutation(labelled.rows.length)].slice(0, count);
  const images = new Float32Array(count * size);
  const chunk = 250;
  for (let at = 0; at < count; at += chunk) {
    signal?.throwIfAborted();
    const part = chosen.slice(at, at + chunk).map((i) => labelled.rows[i]!);
    const batch = await data.batch('train', part);
    images.set(await batch.images.data<'float32'>(), at * size);
    batch.images.dispose();
    batch.labels.dispose();
    onStage?.('screening', (0.5 * at) / count);
  }
  return { images, labels: chosen.map((i) => labelled.labels[i]!) };
}
