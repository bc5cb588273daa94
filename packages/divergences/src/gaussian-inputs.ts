import * as tf from '@tensorflow/tfjs';
import { LARGEST } from './batch';
import type { ValueAndGradients } from './differentiable';
import { checkFloat } from './inputs';

type Rows = number[][];

/** Two Gaussians on the host, their covariances symmetrised. */
interface Gaussians {
  readonly mean1: number[];
  readonly cov1: Rows;
  readonly mean2: number[];
  readonly cov2: Rows;
}

/** Throws unless means [p] and covariances [p, p] of one dimension are given. */
export function checkGaussians(
  [mean1, cov1, mean2, cov2]: readonly [tf.Tensor1D, tf.Tensor2D, tf.Tensor1D, tf.Tensor2D],
  caller: string,
): void {
  checkGaussian(mean1, cov1, 1, caller);
  checkGaussian(mean2, cov2, 2, caller);
  if (mean1.shape[0] !== mean2.shape[0]) {
    throw new RangeError(
      `${caller}: both Gaussians must have the same dimension, got ${mean1.shape[0]} and ${mean2.shape[0]}.`,
    );
  }
}

function checkGaussian(mean: tf.Tensor1D, cov: tf.Tensor2D, which: 1 | 2, caller: string): void {
  checkFloat(mean, `mean${which}`, caller);
  checkFloat(cov, `cov${which}`, caller);
  const p = mean.shape[0];
  if (mean.rank !== 1 || cov.rank !== 2 || cov.shape[0] !== p || cov.shape[1] !== p) {
    throw new RangeError(
      `${caller}: mean${which} must be [p] and cov${which} [p, p], got [${mean.shape.join(', ')}] and [${cov.shape.join(', ')}].`,
    );
  }
}

/** Reads both Gaussians back. Throws on numbers that are not finite. */
export function readGaussians(inputs: readonly tf.Tensor[], caller: string): Gaussians {
  const names = ['mean1', 'cov1', 'mean2', 'cov2'];
  const [mean1, cov1, mean2, cov2] = inputs.map((tensor, at) => {
    const values = Array.from(tensor.dataSync());
    if (!values.every(Number.isFinite)) {
      throw new RangeError(
        `${caller}: ${names[at]} holds a number that is not finite (float32 ends at 3.4e38: rescale the data).`,
      );
    }
    return values;
  }) as [number[], number[], number[], number[]];
  const p = mean1.length;
  return { mean1, cov1: symmetric(cov1, p), mean2, cov2: symmetric(cov2, p) };
}

function symmetric(flat: readonly number[], p: number): Rows {
  return Array.from({ length: p }, (_, i) =>
    Array.from({ length: p }, (_, j) => (flat[i * p + j]! + flat[j * p + i]!) / 2),
  );
}

/** Gradients of a function that depends on the means through μ₁ − μ₂ only. */
interface GaussianGradients {
  /** By μ₁; that by μ₂ is its negative. */
  readonly byMean: number[];
  readonly byCov1: Rows;
  readonly byCov2: Rows;
}

/**
 * A result computed in float64, with its gradients where they are wanted.
 * @throws RangeError where one of its numbers is not float32's.
 */
export function gaussianResult(
  result: number,
  gradients: GaussianGradients | undefined,
  caller: string,
): ValueAndGradients {
  const { byMean = [], byCov1 = [], byCov2 = [] } = gradients ?? {};
  checkFloat32(result, [byCov1, byCov2, [byMean]], caller);
  const value = tf.scalar(result);
  if (!gradients) return { value };
  const p = byMean.length;
  return {
    value,
    gradients: [
      tf.tensor1d(byMean),
      tf.tensor2d(byCov1, [p, p]),
      tf.tensor1d(byMean.map((v) => -v)),
      tf.tensor2d(byCov2, [p, p]),
    ],
  };
}

function checkFloat32(result: number, gradients: readonly Rows[], caller: string): void {
  const fits = (value: number): boolean => Math.abs(value) <= LARGEST;
  if (fits(result) && gradients.every((rows) => rows.every((row) => row.every(fits)))) return;
  throw new RangeError(
    fits(result)
      ? `${caller}: a gradient leaves float32 (3.4e38); rescale the data, or add a small multiple of the identity to the covariances.`
      : `${caller}: the value, ${result.toExponential(1)}, leaves float32 (3.4e38); rescale the data.`,
  );
}
