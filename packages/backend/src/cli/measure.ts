import * as tf from '@tensorflow/tfjs';
import { setupEngine, type EngineName } from '../setup';

/** What `causal-engine bench` says of an engine. */
export interface Measurement {
  readonly engine: EngineName;
  readonly threads: number;
  readonly startMs: number;
  /** 512×512 matrices. */
  readonly matMulGflops: number;
  /** The same with the left operand transposed, as in every weight gradient. */
  readonly transposedGflops: number;
  /** 3×3 convolution, stride 2, 32 → 64 channels on 32 images of 32×32: forward, both gradients. */
  readonly convolutionStepMs: number;
}

/** Shortest time of a few runs, in ms; reading the result makes accelerators finish. */
function best(run: () => tf.Tensor | tf.Tensor[]): number {
  let shortest = Infinity;
  for (let i = 0; i < 8; i++) {
    const start = performance.now();
    const result = run();
    for (const tensor of Array.isArray(result) ? result : [result]) tensor.dataSync();
    shortest = Math.min(shortest, performance.now() - start);
    tf.dispose(result);
  }
  return shortest;
}

/** Starts an engine and measures it. */
export async function measureEngine(engine: EngineName): Promise<Measurement> {
  const before = performance.now();
  const { threads } = await setupEngine({ engine });
  const startMs = performance.now() - before;
  const n = 512;
  const gflop = (2 * n ** 3) / 1e6;
  const a = tf.randomUniform([n, n]);
  const b = tf.randomUniform([n, n]);
  const x = tf.randomUniform<tf.Rank.R4>([32, 32, 32, 32]);
  const w = tf.randomUniform<tf.Rank.R4>([3, 3, 32, 64]);
  const step = tf.grads((p: tf.Tensor, q: tf.Tensor) =>
    tf.sum(tf.square(tf.conv2d(p as tf.Tensor4D, q as tf.Tensor4D, 2, 'same'))),
  );
  const result = {
    engine,
    threads,
    startMs,
    matMulGflops: gflop / best(() => tf.matMul(a, b)),
    transposedGflops: gflop / best(() => tf.matMul(a, b, true, false)),
    convolutionStepMs: best(() => step([x, w])),
  };
  tf.dispose([a, b, x, w]);
  return result;
}
