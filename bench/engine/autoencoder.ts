import * as tf from '@tensorflow/tfjs';
import { createRng, type Rng } from '@causal/backend';
import { work } from './work';

const { channels: CHANNELS, code: CODE, latent: LATENT, batch: BATCH } = work.autoencoder;
const KERNEL = 4;
const SIZE = 8 * CODE; // halved three times

type Parameters = Record<string, tf.Variable>;

/** He-initialised parameters (He et al. 2015), biases zero. */
function parameters(rng: Rng): Parameters {
  const made: Parameters = {};
  const weight = (name: string, shape: number[], fanIn: number): void => {
    const scale = Math.sqrt(2 / fanIn);
    const values = rng.normals(shape.reduce((p, q) => p * q, 1)).map((v) => v * scale);
    made[name] = tf.variable(tf.tensor(values, shape));
  };
  const bias = (name: string, n: number): void => {
    made[name] = tf.variable(tf.zeros([n]));
  };
  for (let i = 1; i < CHANNELS.length; i++) {
    const [from, to] = [CHANNELS[i - 1]!, CHANNELS[i]!];
    weight(`down${i}`, [KERNEL, KERNEL, from, to], KERNEL ** 2 * from);
    bias(`downBias${i}`, to);
    // A transposed convolution of stride 2 sees a quarter of its taps at each pixel.
    weight(`up${i}`, [KERNEL, KERNEL, from, to], (KERNEL ** 2 * to) / 4);
    bias(`upBias${i}`, from);
  }
  const flat = CODE * CODE * CHANNELS[3]!;
  weight('code', [flat, LATENT], flat);
  bias('codeBias', LATENT);
  weight('open', [LATENT, flat], LATENT);
  bias('openBias', flat);
  return made;
}

/** Mean squared error of the painted images. */
function loss(p: Parameters, images: tf.Tensor4D): tf.Scalar {
  const batch = images.shape[0];
  let h: tf.Tensor = images;
  for (let i = 1; i < CHANNELS.length; i++) {
    const y = tf.conv2d(h as tf.Tensor4D, p[`down${i}`] as unknown as tf.Tensor4D, 2, 'same');
    h = tf.relu(tf.add(y, p[`downBias${i}`]!));
  }
  const code = tf.add(tf.matMul(tf.reshape(h, [batch, -1]), p['code']!), p['codeBias']!);
  h = tf.relu(tf.add(tf.matMul(code, p['open']!), p['openBias']!));
  h = tf.reshape(h, [batch, CODE, CODE, CHANNELS[3]!]);
  for (let i = CHANNELS.length - 1; i > 0; i--) {
    const side = SIZE / 2 ** (i - 1);
    const y = tf.conv2dTranspose(
      h as tf.Tensor4D,
      p[`up${i}`] as unknown as tf.Tensor4D,
      [batch, side, side, CHANNELS[i - 1]!],
      2,
      'same',
    );
    const added = tf.add(y, p[`upBias${i}`]!);
    h = i > 1 ? tf.relu(added) : tf.sigmoid(added);
  }
  return tf.mean(tf.square(tf.sub(h, images))) as tf.Scalar;
}

/** Changes parameters by their gradients. */
type Apply = (grads: Record<string, tf.Tensor>, parameters: Parameters) => void;

/** The model of spec/07 on random images: one training step, giving its loss. */
export function autoencoderStep(apply: Apply): () => number {
  const rng = createRng(1);
  const p = parameters(rng);
  const images = tf.tensor4d(rng.uniforms(BATCH * SIZE * SIZE * 3), [BATCH, SIZE, SIZE, 3]);
  return () => {
    const { value, grads } = tf.variableGrads(() => loss(p, images), Object.values(p));
    apply(Object.fromEntries(Object.entries(p).map(([name, v]) => [name, grads[v.name]!])), p);
    const result = value.dataSync()[0]!;
    tf.dispose([value, grads]);
    return result;
  };
}
