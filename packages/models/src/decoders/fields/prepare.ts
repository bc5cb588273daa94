import type { Matrix } from '@causal/datasets';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { conceptTraces, hasDetermined } from './concept-traces';
import type { FieldsPrepared } from './fields-decoder';
import { screenByRidge, type Screening } from './ridge-gates';
import { rowWeights } from './row-weights';

export interface PrepareFieldsInput {
  /** Labelled training pictures [n, height, width, channels], flat, in [0, 1]. */
  readonly images: Float32Array;
  readonly imageShape: readonly [number, number, number];
  /** Their labels [n, d] on the unit scale, none missing. */
  readonly labels: Matrix;
  /** The concept graph: effects are preferred over their causes. */
  readonly graph: Matrix;
  readonly rng: Rng;
  readonly signal?: AbortSignal;
  /** Part of the work that is done, 0 to 1. */
  readonly onProgress?: (part: number) => void;
}

/** What `prepareFields` found. */
export interface FieldsPreparation extends FieldsPrepared {
  /** How often each of the given rows should be drawn [n]; 1 is usual. */
  readonly rowWeights: Float32Array;
  /** Share of the pictures' variance that the labels explain. */
  readonly explained: number;
  /** Which sets of concepts own how many pixels, where there are gates. */
  readonly sets: Screening['sets'];
}

/** Rows that screening looks at. */
const MOST_ROWS = 4000;
/** Drawing of pixels: shares of what is uniform, of √variance and of √explained variance … */
const SHARES = { uniform: 0.25, variance: 0.25, explained: 0.5 } as const;
/** … which together have this share beside the concepts' own traces. */
const PLAIN_SHARE = 0.15;
const FEWEST_ROWS = 50;

/**
 * What the `fields` decoder wants to know of its data before training, found in closed form within
 * seconds: which concept may touch which pixel, where pixels and rows are worth drawing, and the
 * scale of the labels.
 * @throws RangeError for fewer than 50 rows or images of another size.
 */
export async function prepareFields(input: PrepareFieldsInput): Promise<FieldsPreparation> {
  const { images, imageShape, labels, graph, rng, signal, onProgress } = input;
  const [height, width, channels] = imageShape;
  const size = height * width * channels;
  const n = labels.length;
  if (n < FEWEST_ROWS) {
    throw new RangeError(
      `prepareFields needs at least ${FEWEST_ROWS} labelled pictures, got ${n}.`,
    );
  }
  if (images.length !== n * size) {
    throw new RangeError(
      `prepareFields got ${images.length} pixel values for ${n} pictures of shape [${imageShape}].`,
    );
  }
  const labelStats = statistics(labels);
  const scaled = labels.map((row) =>
    row.map((u, i) => (2 * u - 1 - labelStats.mean[i]!) / labelStats.std[i]!),
  );
  const order = rng.split('rows').permutation(n).subarray(0, MOST_ROWS);
  const chosen = Array.from(order, (row) => scaled[row]!);
  const pictures = tf.tidy(() => {
    const values = new Float32Array(order.length * size);
    order.forEach((row, i) => values.set(images.subarray(row * size, (row + 1) * size), i * size));
    const x = tf.tensor2d(values, [order.length, size]);
    return x.sub(x.mean(0)) as tf.Tensor2D;
  });
  try {
    const screening = await screenByRidge({
      pictures,
      imageShape,
      labels: chosen,
      graph,
      rng: rng.split('features'),
      signal,
      onProgress,
    });
    const traces = conceptTraces(pictures, chosen, channels);
    const { gates, explained, sets } = screening;
    return {
      gates,
      explained,
      sets,
      labelStats,
      pixelWeights: drawingWeights(screening, traces),
      rowWeights: hasDetermined(chosen) ? new Float32Array(n).fill(1) : rowWeights(scaled),
    };
  } finally {
    pictures.dispose();
  }
}

/** Mean and deviation of 2u − 1 for each concept; deviation 1 where a concept does not vary. */
function statistics(labels: Matrix): { mean: number[]; std: number[] } {
  const n = labels.length;
  const mean = labels[0]!.map((_, i) => labels.reduce((sum, row) => sum + 2 * row[i]! - 1, 0) / n);
  const std = mean.map(
    (m, i) => Math.sqrt(labels.reduce((sum, row) => sum + (2 * row[i]! - 1 - m) ** 2, 0) / n) || 1,
  );
  return { mean, std };
}

function drawingWeights(screening: Screening, traces: readonly Float64Array[]): Float32Array {
  const share = (map: Float32Array): Float32Array => {
    const rooted = map.map(Math.sqrt);
    const sum = rooted.reduce((total, v) => total + v, 0);
    return rooted.map((v) => (sum > 0 ? v / sum : 1 / map.length));
  };
  const variance = share(screening.variance);
  const explained = share(screening.explainedVariance);
  return variance.map((v, p) => {
    const plain =
      SHARES.uniform / variance.length + SHARES.variance * v + SHARES.explained * explained[p]!;
    const own = traces.reduce((sum, map) => sum + map[p]!, 0) / traces.length;
    return PLAIN_SHARE * plain + (1 - PLAIN_SHARE) * own;
  });
}
