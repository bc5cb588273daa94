import { checkKeys, checkMatrix, checkNumber, checkNumbers } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { checkCount, checkPositive } from './inputs';

/** A distribution over latents [n, dimension] that can be drawn from. */
export interface Prior {
  readonly name: string;
  readonly dimension: number;
  /** n independent draws, [n, dimension]. */
  sample(n: number, rng: Rng | number): tf.Tensor2D;
  /**
   * log density of each row, [n]; absent where there is none (the sphere). Differentiable. Below
   * −1e30 it is −1e30, with the gradient it would have.
   */
  logDensity?(z: tf.Tensor2D): tf.Tensor1D;
}

/** N(mean, variance·I); mean 0 and variance 1 by default. */
export function gaussianPrior(options: {
  dimension: number;
  variance?: number;
  mean?: number;
}): Prior {
  checkKeys(options, ['dimension', 'variance', 'mean'], 'gaussianPrior');
  const { dimension, variance = 1, mean = 0 } = options;
  checkCount(dimension, 'dimension', 'gaussianPrior');
  checkPositive(variance, 'variance', 'gaussianPrior');
  checkNumber(mean, 'mean', 'gaussianPrior');
  return {
    name: 'gaussian',
    dimension,
    sample: (n, rng) =>
      tf.tensor2d(
        createRng(rng).fillNormal(new Float32Array(n * dimension), mean, Math.sqrt(variance)),
        [n, dimension],
      ),
    logDensity: (z) => isotropic(z, mean, variance),
  };
}

function isotropic(z: tf.Tensor2D, mean: number | tf.Tensor, variance: number): tf.Tensor1D {
  return tf.tidy(() => {
    const squares = tf.sum(tf.square(tf.sub(z, mean)), 1);
    const constant = -0.5 * z.shape[1] * Math.log(2 * Math.PI * variance);
    return bounded(tf.add(tf.mul(squares, -0.5 / variance), constant) as tf.Tensor1D);
  });
}

/** Points 1e20 away have −Infinity for a density in float32, and differences of those are NaN. */
function bounded(logs: tf.Tensor1D): tf.Tensor1D {
  const on = tf.customGrad((x: tf.Tensor | tf.GradSaveFunc) => ({
    value: tf.clipByValue(x as tf.Tensor1D, -1e30, 1e30),
    gradFunc: (dy: tf.Tensor1D) => dy,
  }));
  return on(logs);
}

/** Uniform on the cube [low, high)^dimension; by default of variance 1 and mean 0, ±√3. */
export function uniformPrior(options: { dimension: number; low?: number; high?: number }): Prior {
  checkKeys(options, ['dimension', 'low', 'high'], 'uniformPrior');
  const { dimension, low = -Math.sqrt(3), high = Math.sqrt(3) } = options;
  checkCount(dimension, 'dimension', 'uniformPrior');
  checkPositive(high - low, 'high − low', 'uniformPrior');
  return {
    name: 'uniform',
    dimension,
    sample: (n, rng) =>
      tf.tensor2d(createRng(rng).fillUniform(new Float32Array(n * dimension), low, high), [
        n,
        dimension,
      ]),
  };
}

/** Uniform on the sphere of the given radius; by default √dimension, where N(0, I) has its mass. */
export function spherePrior(options: { dimension: number; radius?: number }): Prior {
  checkKeys(options, ['dimension', 'radius'], 'spherePrior');
  const { dimension } = options;
  const { radius = Math.sqrt(dimension) } = options;
  checkCount(dimension, 'dimension', 'spherePrior');
  checkPositive(radius, 'radius', 'spherePrior');
  return {
    name: 'sphere',
    dimension,
    sample: (n, rng) => {
      const values = createRng(rng).normals(n * dimension);
      for (let row = 0; row < values.length; row += dimension) {
        let norm = 0;
        for (let c = row; c < row + dimension; c++) norm += values[c]! ** 2;
        const scale = radius / Math.sqrt(norm);
        for (let c = row; c < row + dimension; c++) values[c]! *= scale;
      }
      return tf.tensor2d(values, [n, dimension]);
    },
  };
}

/**
 * Mixture of N(meanₖ, variance·I).
 * @param options.means One row a component.
 * @param options.weights Of the components, ≥ 0; equal by default, and made to sum to 1.
 */
export function mixturePrior(options: {
  means: readonly (readonly number[])[];
  variance?: number;
  weights?: readonly number[];
}): Prior {
  checkKeys(options, ['means', 'variance', 'weights'], 'mixturePrior');
  const { means = [], variance = 1 } = options;
  checkMatrix(means, 'means', 'mixturePrior');
  const { weights = means.map(() => 1) } = options;
  checkNumbers(weights, 'weights', 'mixturePrior');
  const dimension = means[0]?.length ?? 0;
  checkCount(dimension, 'the length of each mean', 'mixturePrior');
  checkPositive(variance, 'variance', 'mixturePrior');
  const total = weights.reduce((sum, w) => sum + w, 0);
  const ragged = means.some((mean) => mean.length !== dimension);
  if (ragged || weights.length !== means.length || weights.some((w) => !(w >= 0)) || !(total > 0)) {
    throw new RangeError(
      'mixturePrior: means must be rows of one length, with one weight ≥ 0 each (not all 0).',
    );
  }
  const shares = weights.map((w) => w / total);
  const std = Math.sqrt(variance);
  return {
    name: 'mixture',
    dimension,
    sample: (n, rng) => {
      const stream = createRng(rng);
      const values = new Float32Array(n * dimension);
      for (let row = 0; row < n; row++) {
        const mean = means[componentAt(shares, stream.uniform())]!;
        for (let c = 0; c < dimension; c++) {
          values[row * dimension + c] = mean[c]! + std * stream.normal();
        }
      }
      return tf.tensor2d(values, [n, dimension]);
    },
    logDensity: (z) =>
      tf.tidy(() => {
        const used = means.filter((_, k) => shares[k]! > 0);
        const logs = shares.filter((share) => share > 0).map(Math.log);
        const terms = used.map((mean, k) =>
          tf.add(isotropic(z, tf.tensor1d([...mean]), variance), logs[k]!),
        );
        return tf.logSumExp(tf.stack(terms, 1), 1) as tf.Tensor1D;
      }),
  };
}

function componentAt(shares: readonly number[], at: number): number {
  let sum = 0;
  for (const [k, share] of shares.entries()) {
    sum += share;
    if (at < sum) return k;
  }
  return shares.length - 1;
}
