import * as tf from '@tensorflow/tfjs';
import { availableEngines, setupEngine, type EngineName } from './setup';
import { trainSmallNet } from './test-support/small-net';

const heap = (): number =>
  (tf.backend() as { wasm?: { HEAPU8: Uint8Array } }).wasm?.HEAPU8.length ?? 0;

/** The engines to train on: two are in every checkout, tensorflow where it is installed. */
const ENGINES: readonly EngineName[] = ['wasm', 'onnxruntime', 'tensorflow'];
let here: EngineName[];
let reference: number[];

beforeAll(async () => {
  here = (await availableEngines()).filter((name) => ENGINES.includes(name));
  await setupEngine({ engine: 'cpu' });
  reference = trainSmallNet(25);
});

describe('the same training script', () => {
  it('runs on wasm and onnxruntime in every checkout', () => {
    expect(here).toEqual(expect.arrayContaining(['onnxruntime', 'wasm']));
  });

  it('gives the same loss curve on every engine, and the same bits when repeated', async () => {
    for (const engine of here) {
      await setupEngine({ engine });
      const losses = trainSmallNet(25);
      const worst = Math.max(...losses.map((loss, i) => Math.abs(loss / reference[i]! - 1)));
      expect([engine, worst < 1e-4, worst]).toEqual([engine, true, worst]);
      expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
      expect(trainSmallNet(25)).toEqual(losses);
    }
  });

  it('keeps tensors and the wasm heap flat on every engine', async () => {
    for (const engine of here) {
      await setupEngine({ engine });
      trainSmallNet(5);
      const before = [engine, tf.memory().numTensors, heap()];
      trainSmallNet(300);
      expect([engine, tf.memory().numTensors, heap()]).toEqual(before);
    }
  });
});
