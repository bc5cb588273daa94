import { checkChoice, checkRecord } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { checkTensor, type Concepts } from './linear';

/** Activation of the hidden layer of {@link conceptMlp}. */
export type Activation = 'elu' | 'relu' | 'tanh' | 'sigmoid' | 'softplus' | 'linear';

const activations: Readonly<Record<Activation, (x: tf.Tensor3D) => tf.Tensor3D>> = {
  elu: (x) => tf.elu(x),
  relu: (x) => tf.relu(x),
  tanh: (x) => tf.tanh(x),
  sigmoid: (x) => tf.sigmoid(x),
  softplus: (x) => tf.softplus(x),
  linear: (x) => x,
};

/** The activation by name, checked. */
export function activate(activation: Activation, x: tf.Tensor3D): tf.Tensor3D {
  return activations[checkActivation(activation, 'conceptMlp')](x);
}

/** The name, if there is such an activation. */
export function checkActivation(activation: Activation, caller: string): Activation {
  return checkChoice(activation, Object.keys(activations) as Activation[], 'activation', caller);
}

/** The weights of d small networks, one per concept: k → h → m. */
export interface ConceptMlpWeights {
  /** [d, k, h] */
  readonly kernel1: tf.Tensor3D;
  /** [d, 1, h] */
  readonly bias1: tf.Tensor3D;
  /** [d, h, m] */
  readonly kernel2: tf.Tensor3D;
  /** [d, 1, m] */
  readonly bias2: tf.Tensor3D;
}

/**
 * One network per concept on its own row, all of them as two batched products:
 * outᵢ = act(xᵢ W1ᵢ + b1ᵢ) W2ᵢ + b2ᵢ.
 *
 * @param x [batch, d] (k = 1) or [batch, d, k].
 * @throws TypeError on what is no tensor, RangeError on another shape or activation.
 * @returns [batch, d] for a 2-D input with m = 1, else [batch, d, m].
 */
export function conceptMlp(
  x: Concepts,
  weights: ConceptMlpWeights,
  activation: Activation = 'elu',
): Concepts {
  checkTensor(x, 'x', 'conceptMlp');
  const given = checkRecord(weights, 'kernel1, bias1, kernel2 and bias2', 'conceptMlp');
  for (const name of ['kernel1', 'bias1', 'kernel2', 'bias2']) {
    checkTensor(given[name], name, 'conceptMlp');
  }
  return tf.tidy(() => {
    const rows = x.rank === 2 ? tf.expandDims<tf.Tensor3D>(x, 2) : (x as tf.Tensor3D);
    const [d, k] = weights.kernel1.shape;
    if (rows.rank !== 3 || rows.shape[1] !== d || rows.shape[2] !== k) {
      throw new RangeError(
        `conceptMlp: the weights are for [batch, ${d}, ${k}], the input is [${x.shape.join(', ')}].`,
      );
    }
    const byConcept = tf.transpose(rows, [1, 0, 2]);
    const sums = tf.add<tf.Tensor3D>(tf.matMul(byConcept, weights.kernel1), weights.bias1);
    const hidden = activate(activation, sums);
    const out = tf.transpose(tf.add(tf.matMul(hidden, weights.kernel2), weights.bias2), [1, 0, 2]);
    return x.rank === 2 && out.shape[2] === 1
      ? tf.squeeze<tf.Tensor2D>(out, [2])
      : (out as tf.Tensor3D);
  });
}
