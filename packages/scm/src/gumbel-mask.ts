import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

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
  const { temperature = 0.2, seed } = options;
  if (!(temperature > 0)) {
    throw new RangeError(`gumbelMask: temperature must be positive, got ${temperature}.`);
  }
  const [d, columns] = logits.shape;
  if (logits.rank !== 2 || d !== columns) {
    throw new RangeError(`gumbelMask: expected logits [d, d], got [${logits.shape.join(', ')}].`);
  }
  const rng = options.rng ?? (seed === undefined ? undefined : createRng(seed));
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
