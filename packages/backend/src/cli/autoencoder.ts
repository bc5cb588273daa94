import * as tf from '@tensorflow/tfjs';
import { createRng, type Rng } from '@causal/random';
import { adam } from '../optimizers/adam';

/** Channels of the pictures and after each convolution (4×4, stride 2). */
const CHANNELS = [3, 32, 64, 64];
const SIZE = 96;
const CODE = SIZE / 8;
const LATENT = 16;

type Parameters = Record<string, tf.Variable>;

/** He's initialisation (He et al. 2015); a transposed convolution sees a quarter of its taps. */
function parameters(rng: Rng): Parameters {
  const made: Parameters = {};
  const add = (name: string, shape: number[], fanIn: number): void => {
    const size = shape.reduce((p, q) => p * q, 1);
    const scale = Math.sqrt(2 / fanIn);
    made[name] = tf.variable(
      tf.tensor(
        rng.normals(size).map((x) => x * scale),
        shape,
      ),
    );
    made[`${name}Bias`] = tf.variable(
      tf.zeros([name.startsWith('up') ? shape[2]! : shape.at(-1)!]),
    );
  };
  for (let i = 1; i < CHANNELS.length; i++) {
    const [from, to] = [CHANNELS[i - 1]!, CHANNELS[i]!];
    add(`down${i}`, [4, 4, from, to], 16 * from);
    add(`up${i}`, [4, 4, from, to], 4 * to);
  }
  const flat = CODE * CODE * CHANNELS.at(-1)!;
  add('code', [flat, LATENT], flat);
  add('open', [LATENT, flat], LATENT);
  return made;
}

/** Mean squared error of the pictures that come out. */
function loss(p: Parameters, images: tf.Tensor4D): tf.Scalar {
  const batch = images.shape[0];
  const filter = (name: string): tf.Tensor4D => p[name] as unknown as tf.Tensor4D;
  let h: tf.Tensor = images;
  for (let i = 1; i < CHANNELS.length; i++) {
    const y = tf.conv2d(h as tf.Tensor4D, filter(`down${i}`), 2, 'same');
    h = tf.relu(tf.add(y, p[`down${i}Bias`]!));
  }
  const code = tf.add(tf.matMul(tf.reshape(h, [batch, -1]), p['code']!), p['codeBias']!);
  h = tf.relu(tf.add(tf.matMul(code, p['open']!), p['openBias']!));
  h = tf.reshape(h, [batch, CODE, CODE, CHANNELS.at(-1)!]);
  for (let i = CHANNELS.length - 1; i > 0; i--) {
    const side = SIZE / 2 ** (i - 1);
    const shape: [number, number, number, number] = [batch, side, side, CHANNELS[i - 1]!];
    const y = tf.conv2dTranspose(h as tf.Tensor4D, filter(`up${i}`), shape, 2, 'same');
    const added = tf.add(y, p[`up${i}Bias`]!);
    h = i > 1 ? tf.relu(added) : tf.sigmoid(added);
  }
  return tf.mean(tf.square(tf.sub(h, images))) as tf.Scalar;
}

/**
 * A convolutional autoencoder to measure an engine by: pictures of 96×96×3, channels 32-64-64, 16
 * latent numbers, Adam. `step()` is one training step and returns its loss.
 */
export function autoencoder(batch: number): { step(): number; dispose(): void } {
  const rng = createRng(1);
  const params = tf.tidy(() => parameters(rng));
  const images = tf.tensor4d(rng.uniforms(batch * SIZE * SIZE * 3), [batch, SIZE, SIZE, 3]);
  const optimizer = adam({ learningRate: 1e-3 });
  return {
    step() {
      const { value, grads } = tf.variableGrads(() => loss(params, images), Object.values(params));
      optimizer.step(
        Object.fromEntries(Object.entries(params).map(([name, v]) => [name, grads[v.name]!])),
        params,
      );
      const result = value.dataSync()[0]!;
      tf.dispose([value, grads]);
      return result;
    },
    dispose() {
      tf.dispose([images, params]);
      optimizer.dispose();
    },
  };
}
