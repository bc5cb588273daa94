import { EigenvalueDecomposition, Matrix as Dense } from 'ml-matrix';
import { unitOf } from '../representation/scoring';
import { type Table, toColumns } from '../representation/table';

/**
 * Squared Fréchet distance between Gaussians fitted to two sets of features,
 * ‖m₁ − m₂‖² + tr(C₁ + C₂ − 2(C₁C₂)^½): the FID where the features are Inception's, otherwise a
 * distance on the features given (e.g. {@link Annotator.features}). Covariances divide by n − 1.
 * @param a Features [n, d], n ≥ 2.
 * @param b Features [m, d], m ≥ 2.
 * @returns At least 0; 0 for equal sets.
 * @throws RangeError on tables that do not fit, or if the squared distance leaves float64.
 * @see Heusel et al., NeurIPS 2017.
 */
export function frechetDistance(a: Table, b: Table): number {
  const [first, second] = [
    toColumns(a, 'frechetDistance: first features'),
    toColumns(b, 'frechetDistance: second features'),
  ];
  // In one unit near 1: covariances of 1e154 and of 1e-160 leave float64, the distance need not.
  const unit = Math.min(
    ...[...first, ...second].filter((c) => c.some((v) => v !== 0)).map(unitOf),
    2 ** 1000,
  );
  const scale = (columns: readonly Float64Array[]): Float64Array[] =>
    columns.map((column) => column.map((v) => v * unit));
  const p = moments(scale(first));
  const q = moments(scale(second));
  if (p.mean.length !== q.mean.length) {
    throw new RangeError(
      `frechetDistance: expected as many features, got ${p.mean.length} and ${q.mean.length}.`,
    );
  }
  const means = p.mean.reduce((sum, m, i) => sum + (m - q.mean[i]!) ** 2, 0);
  // tr (C₁C₂)^½ = Σ √λ(C₁^½ C₂ C₁^½), whose matrix is symmetric: no complex roots to drop.
  const root = squareRoot(p.covariance);
  const cross = traceOfRoot(root.mmul(q.covariance).mmul(root));
  const squared = Math.max(0, means + p.covariance.trace() + q.covariance.trace() - 2 * cross);
  const distance = squared / unit / unit;
  if (Number.isFinite(distance)) return distance;
  throw new RangeError(
    'frechetDistance: the squared distance leaves float64 (1.8e308); divide the features by a constant.',
  );
}

function moments(columns: readonly Float64Array[]): { mean: number[]; covariance: Dense } {
  const d = columns.length;
  const n = columns[0]!.length;
  if (n < 2) throw new RangeError(`frechetDistance: expected at least 2 rows, got ${n}.`);
  const mean = columns.map((column) => column.reduce((sum, v) => sum + v, 0) / n);
  const centred = columns.map((column, j) => column.map((v) => v - mean[j]!));
  const covariance = Dense.zeros(d, d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += centred[i]![k]! * centred[j]![k]!;
      covariance.set(i, j, sum / (n - 1));
      covariance.set(j, i, sum / (n - 1));
    }
  }
  return { mean, covariance };
}

function squareRoot(matrix: Dense): Dense {
  const { realEigenvalues, eigenvectorMatrix: v } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const roots = realEigenvalues.map((value) => Math.sqrt(Math.max(0, value)));
  return v.mmul(Dense.diag(roots)).mmul(v.transpose());
}

function traceOfRoot(matrix: Dense): number {
  const { realEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}
