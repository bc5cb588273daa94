import * as tf from '@tensorflow/tfjs';
import { createRng } from '@causal/random';
import { adam } from '../optimizers/adam';

/**
 * Trains a small net (a convolution and two dense layers, AdamW) on seeded numbers, on the current
 * engine; returns the loss of each step. Leaves no tensor.
 */
export function trainSmallNet(steps: number, seed = 7): number[] {
  const rng = createRng(seed);
  const parameter = (shape: number[]): tf.Variable =>
    tf.tidy(() =>
      tf.variable(tf.tensor(rng.normals(tf.util.sizeFromShape(shape)), shape).mul(0.2)),
    );
  const params: Record<string, tf.Variable> = {
    filter: parameter([3, 3, 2, 8]),
    filterBias: parameter([8]),
    hidden: parameter([8 * 8 * 8, 16]),
    hiddenBias: parameter([16]),
    out: parameter([16, 4]),
    outBias: parameter([4]),
  };
  const x = tf.tensor4d(rng.normals(16 * 16 * 16 * 2), [16, 16, 16, 2]);
  const y = tf.tensor2d(rng.normals(16 * 4), [16, 4]);
  const loss = (): tf.Scalar => {
    const filter = params['filter'] as unknown as tf.Tensor4D;
    const seen = tf.elu(tf.add(tf.conv2d(x, filter, 2, 'same'), params['filterBias']!));
    const flat = tf.reshape(seen, [16, -1]);
    const hidden = tf.tanh(tf.add(tf.matMul(flat, params['hidden']!), params['hiddenBias']!));
    const guess = tf.add(tf.matMul(hidden, params['out']!), params['outBias']!);
    return tf.mean(tf.square(tf.sub(guess, y)));
  };
  const optimizer = adam({ learningRate: 0.01, weightDecay: 0.01, clipNorm: 5 });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { value, grads } = tf.variableGrads(loss, Object.values(params));
    optimizer.step(
      Object.fromEntries(Object.entries(params).map(([name, v]) => [name, grads[v.name]!])),
      params,
    );
    losses.push(value.dataSync()[0]!);
    tf.dispose([value, grads]);
  }
  tf.dispose([x, y, params]);
  optimizer.dispose();
  return losses;
}
