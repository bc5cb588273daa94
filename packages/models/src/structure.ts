import type { Dataset, Matrix } from '@causal/datasets';
import type { Rng } from '@causal/random';
import { conceptGraph, type GraphChoice } from './concept-graph';
import type { ConceptScale } from './concept-scale';
import { Mechanisms } from './mechanisms';
import { screenBlocks, type Blocks } from './screening';

/** A stage before training, as progress reports name it. */
export type Stage = 'graph' | 'screening' | 'mechanisms';

export interface StructureOptions {
  readonly graph: GraphChoice;
  /** Screen the pixels into blocks (for block decoders). */
  readonly screening: boolean;
  readonly mechanismSteps?: number;
  readonly rng: Rng;
  readonly signal?: AbortSignal | undefined;
  readonly onStage?: ((stage: Stage, progress: number) => void) | undefined;
}

/** What is found before any picture is reconstructed. */
export interface Structure {
  /** Linear weights of the concept graph on unit labels; non-zero [i][j] means i → j. */
  readonly graph: number[][];
  readonly blocks: Blocks | null;
  readonly mechanisms: Mechanisms;
}

/** Pixel values held for screening: at most 80 MB as float32. */
const SCREENING_VALUES = 20_000_000;
const SCREENING_ROWS = 2500;

/**
 * The three steps before training: the concept graph from the labels (exact search), which
 * concepts paint which pixels (screening), and how each effect follows its causes (mechanisms).
 */
export async function findStructure(
  data: Dataset,
  scale: ConceptScale,
  options: StructureOptions,
): Promise<Structure> {
  const { rng, signal, onStage } = options;
  const { labelled, rows } = labelledRows(data, scale);
  onStage?.('graph', 0);
  const graph = await conceptGraph(options.graph, labelled, scale.names, rng, signal);
  onStage?.('graph', 1);
  const blocks = options.screening ? await screen(data, labelled, rows, graph, options) : null;
  const mechanisms = new Mechanisms({ graph, names: scale.names, rng });
  await mechanisms.fit(labelled, {
    rng,
    ...(options.mechanismSteps === undefined ? {} : { steps: options.mechanismSteps }),
    signal,
    onProgress: (done, total) => onStage?.('mechanisms', done / total),
  });
  onStage?.('mechanisms', 1);
  return { graph, blocks, mechanisms };
}

/** Training rows whose labels are all there, on the unit scale. */
function labelledRows(data: Dataset, scale: ConceptScale): { labelled: Matrix; rows: number[] } {
  const labels = data.labels('train');
  const rows: number[] = [];
  labels.forEach((row, r) => {
    if (row.every((value) => Number.isFinite(value))) rows.push(r);
  });
  if (rows.length < 50) {
    throw new RangeError(
      `Data set "${data.name}" has ${rows.length} fully labelled training rows; at least 50 are needed to learn the graph and the mechanisms.`,
    );
  }
  return { labelled: scale.toUnit(rows.map((r) => labels[r]!)), rows };
}

async function screen(
  data: Dataset,
  labelled: Matrix,
  rows: readonly number[],
  graph: Matrix,
  { rng, signal, onStage }: StructureOptions,
): Promise<Blocks> {
  onStage?.('screening', 0);
  const size = data.imageShape[0] * data.imageShape[1] * data.imageShape[2];
  const count = Math.min(rows.length, SCREENING_ROWS, Math.floor(SCREENING_VALUES / size));
  const chosen = [...rng.split('screening-rows').permutation(rows.length)].slice(0, count);
  const images = new Float32Array(count * size);
  const chunk = 250;
  for (let at = 0; at < count; at += chunk) {
    signal?.throwIfAborted();
    const part = chosen.slice(at, at + chunk).map((i) => rows[i]!);
    const batch = await data.batch('train', part);
    images.set(await batch.images.data<'float32'>(), at * size);
    batch.images.dispose();
    batch.labels.dispose();
    onStage?.('screening', (0.5 * at) / count);
  }
  const blocks = screenBlocks({
    images,
    imageShape: data.imageShape,
    labels: chosen.map((i) => labelled[i]!),
    graph,
    rng,
  });
  onStage?.('screening', 1);
  return blocks;
}
