import * as tf from '@tensorflow/tfjs';
import { fused } from './fused';

/** SiLU, x·σ(x) (Elfwing et al. 2018), with its gradient σ + y·(1 − σ). */
export function silu<T extends tf.Tensor>(x: T): T {
  return tf.customGrad((input, save) => {
    const [y, gate] = siluAndGate(input as tf.Tensor);
    (save as tf.GradSaveFunc)([gate, y]);
    return { value: y, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => siluGradient(saved, dy) };
  })(x) as T;
}

function siluAndGate(x: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const pair = fused('Silu', { x });
  if (pair) return [pair[0]!, pair[1]!];
  const gate = tf.sigmoid(x);
  return [tf.mul(x, gate), gate];
}

function siluGradient([gate, y]: tf.Tensor[], dy: tf.Tensor): tf.Tensor {
  const made = fused('SiluGrad', { gate: gate!, y: y!, dy });
  return made ? made[0]! : dy.mul(gate!.add(y!.sub(y!.mul(gate!))));
}

/** sin x and cos x; the cosine is the sine's derivative, so neither is computed twice. */
export function sinCos(x: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const pair = fused('SinCos', { x });
  return pair ? [pair[0]!, pair[1]!] : [tf.sin(x), tf.cos(x)];
}

/** sin(c·W + b), with the cosine kept for the gradient. */
export function waves(c: tf.Tensor2D, wave: tf.Tensor, phase: tf.Tensor): tf.Tensor2D {
  return tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [x, w, b] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
    const [value, slope] = sinCos(x.matMul(w).add(b));
    save([x, w, slope]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [from, weights, cosine] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const inner = dy.mul(cosine) as tf.Tensor2D;
      return [inner.matMul(weights, false, true), from.matMul(inner, true), inner.sum(0)];
    };
    return { value, gradFunc };
  })(c, wave, phase) as tf.Tensor2D;
}
