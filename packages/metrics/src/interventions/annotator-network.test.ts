import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import {
  imageFeatures,
  initialParameters,
  networkShapes,
  standardLabels,
} from './annotator-network';

useEngine();

const SHAPE = [19, 22, 3] as const;
const silu = (x: tf.Tensor): tf.Tensor => x.mul(tf.sigmoid(x));

/** The same network as its parameters are defined: every pixel with its place as two channels. */
function plainLabels(p: Record<string, tf.Tensor>, images: tf.Tensor4D): tf.Tensor {
  const [n, height, width] = images.shape;
  const x = tf.linspace(-1, 1, width).reshape([1, 1, width, 1]).tile([n, height, 1, 1]);
  const y = tf.linspace(-1, 1, height).reshape([1, height, 1, 1]).tile([n, 1, width, 1]);
  let out = tf.concat([images, x, y], 3);
  for (let i = 0; `conv${i}.kernel` in p; i++) {
    const kernel = p[`conv${i}.kernel`] as tf.Tensor4D;
    out = silu(tf.conv2d(out as tf.Tensor4D, kernel, 2, 'same').add(p[`conv${i}.bias`]!));
  }
  const features = silu(
    out.reshape([n, -1]).matMul(p['features.kernel']!).add(p['features.bias']!),
  );
  return features.matMul(p['labels.kernel']!).add(p['labels.bias']!);
}

describe('the annotator’s network', () => {
  it('is the plain one, whose images carry the places of their pixels', async () => {
    const rng = createRng(3);
    const leaked = await countTensors(() => {
      const parameters = initialParameters(networkShapes(SHAPE, 4), rng.split('weights'));
      // Biases start at 0: others show whether they are added.
      for (const [name, value] of Object.entries(parameters)) {
        if (!name.endsWith('.bias')) continue;
        tf.tidy(() => value.assign(tf.tensor1d(rng.split(name).normals(value.shape[0]!))));
      }
      tf.tidy(() => {
        const pixels = rng.uniforms(2 * SHAPE[0] * SHAPE[1] * SHAPE[2]);
        const images = tf.tensor4d(pixels, [2, ...SHAPE]);
        const read = standardLabels(parameters, imageFeatures(parameters, images));
        const plain = plainLabels(parameters, images).dataSync();
        const scale = Math.max(...Array.from(plain, Math.abs));
        read.dataSync().forEach((v, i) => {
          expect(Math.abs(v - plain[i]!)).toBeLessThan(1e-5 * scale);
        });
      });
      tf.dispose(parameters);
    });
    expect(leaked).toBe(0);
  });
});
