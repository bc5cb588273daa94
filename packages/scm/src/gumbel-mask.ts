import { checkKeys, checkNumber } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { checkTensor } from './linear';

export interface GumbelMaskOptions {
  /** τ: small = nearly binary, large = soft. Default 0.2. */
  readonly temperature?: number;
  /** Draws the Gumbel noise. Without rng and seed there is no noise: σ(U/τ). */
  readonly rng?: Rng;
  readonly seed?: number;
}

/**
 * A nearly binary mask of edges that can be learned by gradients: σ((U + G₁ − G₂)/τ) with standard
 * Gumbel noise and a zero diagonal (Ng et al. 2022, MCSL, after Jang et al. 2017).
 *
 * @param logits U, [d, d]: large = edge i → j likely.
 * @returns [d, d] with entries in [0, 1]; gradients flow to the logits.
 */
export function gumbelMask(logits: tf.Tensor2D, options: GumbelMaskOptions = {}): tf.Tensor2D {
  checkKeys(options, ['temperature', 'rng', 'seed'], 'gumbelMask', { tau: 'temperature' });
  const { temperature = 0.2, seed } = options;
  checkNumber(temperature, 'temperature', 'gumbelMask', { above: 0 });
  checkTensor(logits, 'logits', 'gumbelMask');
  const [d, columns] = logits.shape;
  if (logits.rank !== 2 || d !== columns) {
    throw new RangeError(`gumbelMask: expected logits [d, d], got [${logits.shape.join(', ')}].`);
  }
  const from = options.rng ?? seed;
  const rng = from === undefined ? undefined : createRng(from);
  return tf.tidy(() => {
    const noisy = rng === undefined ? logits : tf.add(logits, logisticNoise(rng, d));
    const offDiagonal = tf.sub(1, tf.eye(d));
    return tf.mul(tf.sigmoid(tf.div(noisy, temperature)), offDiagonal);
  });
}

/** G₁ − G₂ of two standard Gumbel numbers has the standard logistic distribution: one draw, not two. */
function logisticNoise(rng: Rng, d: number): tf.Tensor2D {
  const values = new Float32Array(d * d);
  for (let i = 0; i < values.length; i++) {
    const u = rng.uniform() || Number.MIN_VALUE;
    values[i] = Math.log(u) - Math.log1p(-u);
  }
  return tf.tensor2d(values, [d, d]);
}
