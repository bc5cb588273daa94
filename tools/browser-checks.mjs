// What tools/browser.mjs compares between Node and a browser: a training run, and single operators.
import * as tf from '@tensorflow/tfjs';
import { adam, createRng } from '@causal/backend';

/** The loss of each step of a small convolutional regression on the current engine. */
export async function lossCurve(steps = 20) {
  const rng = createRng(7);
  const drawn = (shape, scale) =>
    tf.tidy(() => tf.mul(tf.tensor(rng.normals(tf.util.sizeFromShape(shape)), shape), scale));
  const params = {
    filter: tf.variable(drawn([3, 3, 2, 8], 0.2)),
    bias: tf.variable(drawn([8], 0.2)),
    dense: tf.variable(drawn([8 * 8 * 8, 4], 0.2)),
  };
  const x = drawn([16, 16, 16, 2], 1);
  const y = drawn([16, 4], 1);
  const optimizer = adam({ learningRate: 0.01 });
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const { value, grads } = tf.variableGrads(() => {
      const h = tf.tanh(tf.add(tf.conv2d(x, params.filter, 2, 'same'), params.bias));
      const out = tf.matMul(tf.reshape(h, [16, -1]), params.dense);
      return tf.mean(tf.square(tf.sub(out, y)));
    }, Object.values(params));
    optimizer.step(
      Object.fromEntries(Object.entries(params).map(([name, v]) => [name, grads[v.name]])),
      params,
    );
    losses.push((await value.data())[0]);
    tf.dispose([value, grads]);
  }
  optimizer.dispose();
  tf.dispose([x, y, params]);
  return losses;
}

const OPERATORS = {
  matMul: (a, b) => tf.matMul(a, b, false, true),
  'matMul of batches': (a, b) =>
    tf.matMul(tf.reshape(a, [3, 5, 8]), tf.reshape(b, [3, 5, 8]), true, false),
  conv2d: (a) => tf.conv2d(tf.reshape(a, [1, 5, 8, 3]), tf.ones([3, 3, 3, 2]), 1, 'same'),
  'gradients of conv2d': (a, b) => {
    const filter = tf.slice(tf.reshape(b, [2, 2, 3, 10]), [0, 0, 0, 0], [2, 2, 3, 4]);
    const loss = (x, w) => tf.sum(tf.square(tf.conv2d(x, w, 1, 'valid')));
    return tf.concat(
      tf
        .grads(loss)([tf.reshape(a, [1, 5, 8, 3]), filter])
        .map((g) => tf.reshape(g, [-1])),
    );
  },
  softmax: (a) => tf.softmax(a),
  'sum, mean and max': (a) => tf.stack([tf.sum(a, 0), tf.mean(a, 0), tf.max(a, 0)]),
  'elementary functions': (a) => tf.addN([tf.sin(a), tf.exp(a), tf.sigmoid(a), tf.elu(a)]),
  'gather, transpose, concat': (a, b) =>
    tf.concat([tf.transpose(tf.gather(a, [2, 0, 2])), tf.transpose(tf.slice(b, 0, 3))], 1),
};

/** The numbers that each operator gives on the current engine. */
export async function operators() {
  const rng = createRng(11);
  const [a, b] = [1, 2].map(() => tf.tensor2d(rng.normals(15 * 8), [15, 8]));
  const results = {};
  for (const [name, operator] of Object.entries(OPERATORS)) {
    const y = tf.tidy(() => operator(a, b));
    results[name] = [...(await y.data())];
    y.dispose();
  }
  tf.dispose([a, b]);
  return results;
}
