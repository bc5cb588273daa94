import * as tf from '@tensorflow/tfjs';
import { adam, createRng } from '@causal/backend';

const BATCH = 64;
const SIZE = 48;
const PIXELS = 384;
const WIDTH = 8;
const HIDDEN = 48;
const CONCEPTS = 4;

/**
 * A training step like those of spec/08, by plain tf operators: encoder on 64 images of 48×48,
 * decoder on 384 pixels of each, AdamW.
 */
export function recipeStep(): () => number {
  const rng = createRng(1);
  const parameter = (shape: number[], scale: number): tf.Variable =>
    tf.variable(tf.tensor(rng.normals(shape.reduce((p, q) => p * q, 1)), shape).mul(scale));

  const params = {
    conv1: parameter([5, 5, 5, 16], 0.1),
    bias1: parameter([16], 0.1),
    conv2: parameter([3, 3, 16, 32], 0.1),
    bias2: parameter([32], 0.1),
    conv3: parameter([3, 3, 32, 32], 0.1),
    bias3: parameter([32], 0.1),
    dense: parameter([6 * 6 * 32, 128], 0.03),
    bias4: parameter([128], 0.1),
    head: parameter([128, CONCEPTS], 0.1),
    place: parameter([2, WIDTH], 0.7),
    turn: parameter([CONCEPTS, 2 * WIDTH], 0.3),
    shift: parameter([CONCEPTS, WIDTH], 0.3),
    layer1: parameter([9 * WIDTH, HIDDEN], 0.12),
    biasA: parameter([HIDDEN], 0.1),
    layer2: parameter([HIDDEN, HIDDEN], 0.15),
    biasB: parameter([HIDDEN], 0.1),
    layer3: parameter([HIDDEN, 3], 0.15),
    biasC: parameter([3], 0.1),
    other: parameter([350, 350], 0.1),
  };

  const silu = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.sigmoid(x));

  function encode(images: tf.Tensor4D): tf.Tensor {
    const conv = (x: tf.Tensor, w: tf.Variable, b: tf.Variable): tf.Tensor =>
      silu(tf.add(tf.conv2d(x as tf.Tensor4D, w as unknown as tf.Tensor4D, 2, 'same'), b));
    let h = conv(images, params.conv1, params.bias1);
    h = conv(h, params.conv2, params.bias2);
    h = conv(h, params.conv3, params.bias3);
    h = silu(tf.add(tf.matMul(tf.reshape(h, [BATCH, -1]), params.dense), params.bias4));
    return tf.matMul(h, params.head);
  }

  function decode(z: tf.Tensor, places: tf.Tensor): tf.Tensor {
    // c = W·p + t(z): [64, 1, m] + [1, P, m]
    const c = tf.add(
      tf.reshape(tf.matMul(z, params.shift), [BATCH, 1, WIDTH]),
      tf.reshape(tf.matMul(places, params.place), [1, PIXELS, WIDTH]),
    );
    let s = tf.sin(c);
    let k = tf.cos(c);
    const features = [c, s, k];
    for (let octave = 0; octave < 3; octave++) {
      // sin 2x = 2 sin x cos x, cos 2x = 1 − 2 sin² x
      const s2 = tf.mul(tf.mul(s, k), 2);
      k = tf.sub(1, tf.mul(tf.square(s), 2));
      s = s2;
      features.push(s, k);
    }
    let h: tf.Tensor = tf.reshape(tf.concat(features, 2), [BATCH * PIXELS, 9 * WIDTH]);
    h = tf.leakyRelu(tf.add(tf.matMul(h, params.layer1), params.biasA), 0.1);
    h = tf.leakyRelu(tf.add(tf.matMul(h, params.layer2), params.biasB), 0.1);
    return tf.sigmoid(tf.add(tf.add(tf.matMul(h, params.layer3), params.biasC), 2));
  }

  const images = tf.tensor4d(rng.uniforms(BATCH * SIZE * SIZE * 5), [BATCH, SIZE, SIZE, 5]);
  const optimizer = adam({ learningRate: 1e-4, weightDecay: 0.01, clipNorm: 10 });

  function step(): number {
    const rows = Int32Array.from({ length: PIXELS }, () => rng.int(SIZE * SIZE));
    const { value, grads } = tf.tidy(() => {
      const chosen = tf.tensor1d(rows, 'int32');
      const places = tf.tensor2d(
        Float32Array.from({ length: 2 * PIXELS }, (_, i) => {
          const row = rows[i >> 1]!;
          return ((i & 1 ? row % SIZE : Math.floor(row / SIZE)) / SIZE) * 2 - 1;
        }),
        [PIXELS, 2],
      );
      const target = tf.gather(
        tf.reshape(tf.slice(images, [0, 0, 0, 0], [-1, -1, -1, 3]), [BATCH, SIZE * SIZE, 3]),
        chosen,
        1,
      );
      return tf.variableGrads(() => {
        const painted = tf.reshape(decode(encode(images), places), [BATCH, PIXELS, 3]);
        const error = tf.mean(tf.square(tf.sub(painted, target)));
        const rest = tf.add(
          tf.mean(tf.square(params.other)),
          tf.mul(tf.mean(tf.square(params.turn)), 0.01),
        );
        return tf.add(error, rest) as tf.Scalar;
      }, Object.values(params));
    });
    const byName = Object.fromEntries(
      Object.entries(params).map(([name, variable]) => [name, grads[variable.name]!]),
    );
    optimizer.step(byName, params);
    const loss = value.dataSync()[0]!;
    tf.dispose([value, grads]);
    return loss;
  }
  return step;
}
