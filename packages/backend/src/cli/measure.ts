import * as tf from '@tensorflow/tfjs';
import { setupEngine, type EngineName } from '../setup';
import { autoencoder } from './autoencoder';

/** What `causal-engine bench` says of an engine. */
export interface Measurement {
  readonly engine: EngineName;
  readonly device: string;
  readonly threads: number;
  readonly startMs: number;
  /** 1024×1024 matrices. */
  readonly matMulGflops: number;
  /** The same with the left operand transposed, as in every weight gradient. */
  readonly transposedGflops: number;
  /** One training step of a convolutional autoencoder, 64 pictures of 96×96×3. */
  readonly autoencoderStepMs: number;
}

interface MeasureOptions {
  /** Side of the matrices. Default 1024. */
  readonly size?: number;
  /** Pictures of a step. Default 64. */
  readonly batch?: number;
}

const ENOUGH_MS = 4_000;

/** Shortest time of up to eight runs, in ms; `run` reads its result, so that accelerators finish. */
function best(run: () => void): number {
  let shortest = Infinity;
  const begin = performance.now();
  for (let i = 0; i < 8 && (i < 2 || performance.now() - begin < ENOUGH_MS); i++) {
    const start = performance.now();
    run();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}

function readAndDispose(x: tf.Tensor): void {
  x.dataSync();
  x.dispose();
}

/** Starts an engine and measures it. */
export async function measureEngine(
  engine: EngineName,
  { size = 1024, batch = 64 }: MeasureOptions = {},
): Promise<Measurement> {
  const before = performance.now();
  const { threads, device } = await setupEngine({ engine });
  const startMs = performance.now() - before;
  const gflop = (2 * size ** 3) / 1e6;
  const a = tf.randomUniform([size, size]);
  const b = tf.randomUniform([size, size]);
  const model = autoencoder(batch);
  const result = {
    engine,
    device,
    threads,
    startMs,
    matMulGflops: gflop / best(() => readAndDispose(tf.matMul(a, b))),
    transposedGflops: gflop / best(() => readAndDispose(tf.matMul(a, b, true, false))),
    autoencoderStepMs: best(() => model.step()),
  };
  model.dispose();
  tf.dispose([a, b]);
  return result;
}
