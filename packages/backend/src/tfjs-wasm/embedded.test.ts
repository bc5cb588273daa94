import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { setupEngine } from '../setup';
import { unpackTfjsWasm } from './embedded';

describe('the embedded module of tfjs-backend-wasm', () => {
  it('is the installed package’s own', async () => {
    const file = require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm');
    expect(Buffer.from(await unpackTfjsWasm()).equals(readFileSync(file))).toBe(true);
  });

  it('starts the engine without a request, and leaves requests as they were', async () => {
    const { platform } = tf.env();
    const asked: string[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = (path) => {
      asked.push(String(path));
      return Promise.resolve(new Response('x'));
    };
    try {
      await setupEngine({ engine: 'wasm' });
      expect(asked).toEqual([]);
      await platform.fetch('somewhere');
      expect(asked).toEqual(['somewhere']);
    } finally {
      globalThis.fetch = fetch;
    }
    expect(tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0])).toBe(3);
  });
});
