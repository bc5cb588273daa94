import * as tf from '@tensorflow/tfjs';
import { fused } from './fused';

/** Weights of f two-layer tanh networks side by side. */
export interface FieldWeights {
  /** [f, inputs, h], [f, h, h] and [f, h, m]. */
  readonly place: tf.Tensor;
  readonly hidden: tf.Tensor;
  readonly out: tf.Tensor;
  /** [f, 1, h]. */
  readonly bias2: tf.Tensor;
}

/**
 * f networks on the same features: W₃ᵀ tanh(W₂ᵀ tanh(W₁ᵀφ + s) + b₂), as one operation with its
 * gradient written out. (tfjs has no gradient for a batch of products with one left operand, and by
 * single operators its tape makes twice the passes over memory.)
 * @param features φ [n·P, inputs], shared by all fields.
 * @param shift What each field adds for each of n pictures [f, n, h].
 * @returns [f, n·P, m].
 */
export function fieldNetworks(
  features: tf.Tensor2D,
  shift: tf.Tensor3D,
  weights: FieldWeights,
): tf.Tensor3D {
  const [f, n, h] = shift.shape;
  const rows = features.shape[0];
  const perPicture = [f * n, rows / n, h];
  const perField: [number, number, number] = [f, rows, h];
  const run = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [phi, s, w1, w2, b2, w3] = args as unknown as tf.Tensor[];
    const whole = h % LANES === 0;
    const made =
      whole && fused('TanhNetworks', { phi: phi!, shift: s!, w1: w1!, w2: w2!, b2: b2!, w3: w3! });
    if (made) {
      const [value, first, second] = made as [tf.Tensor, tf.Tensor, tf.Tensor];
      save([phi!, w1!, w2!, w3!, first, second]);
      return {
        value,
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => fusedBackward(dy, saved, n),
      };
    }
    const first = tf
      .matMul(phi!.expandDims(0), w1!)
      .reshape(perPicture)
      .add(s!.reshape([f * n, 1, h]))
      .tanh()
      .reshape(perField);
    const second = tf.matMul(first, w2!).add(b2!).tanh();
    const value = tf.matMul(second, w3!);
    save([phi!, w1!, w2!, w3!, first, second]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => backward(dy, saved, perPicture),
    };
  });
  const { place, hidden, bias2, out } = weights;
  return run(features, shift, place, hidden, bias2, out) as tf.Tensor3D;
}

/** The fused kernels take hidden units by fours. */
const LANES = 4;

function fusedBackward(dy: tf.Tensor, saved: tf.Tensor[], n: number): tf.Tensor[] {
  const [phi, w1, w2, w3, first, second] = saved.map((t) => t!) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  return fused('TanhNetworksGrad', { phi, w1, w2, w3, first, second, dy }, { n })!;
}

function backward(dy: tf.Tensor, saved: tf.Tensor[], perPicture: readonly number[]): tf.Tensor[] {
  const [phi, w1, w2, w3, first, second] = saved as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const [f, inputs, h] = w1.shape as [number, number, number];
  const toSecond = throughTanh(second, tf.matMul(dy, w3, false, true));
  const toFirst = throughTanh(first, tf.matMul(toSecond, w2, false, true));
  const toShift = toFirst
    .reshape([...perPicture])
    .sum(1)
    .reshape([f, -1, h]);
  // φ is shared: its gradient adds up over the fields.
  const toFeatures = tf.matMul(toFirst, w1, false, true).sum(0);
  const toPlace = tf.matMul(phi.expandDims(0), toFirst, true).reshape([f, inputs, h]);
  return [
    toFeatures,
    toShift,
    toPlace,
    tf.matMul(first, toSecond, true),
    toSecond.sum(1, true),
    tf.matMul(second, dy, true),
  ];
}

/** What comes through y = tanh(x). */
function throughTanh(y: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const made = fused('TanhGrad', { y, dy });
  return made ? made[0]! : dy.mul(tf.sub(1, y.square()));
}
