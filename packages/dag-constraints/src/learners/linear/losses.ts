import { flat } from '@causal/linalg';
import { moments, type Table } from '../../data/table';
import { openKernels } from '../../simd/kernels';
import { generalised, LOGISTIC, POISSON } from './generalised';

/** Value of a smooth loss at W (row-major); writes its gradient. */
export type LinearLoss = (w: Float64Array, gradient: Float64Array) => number;

export type LossName = 'l2' | 'logistic' | 'poisson';

/**
 * The loss of X ≈ XW. `l2`: ‖X − XW‖²/2n, X centred; `logistic` for values in {0, 1}: mean of
 * log(1 + e^{t}) − x·t; `poisson` for counts: mean of e^{t} − x·t, t = b + xw with an intercept b for each
 * column, which no penalty touches: {@link generalised}.
 * @param products `covariance(table)`, where the caller has it.
 * @throws TypeError for an unknown name, RangeError for values a loss cannot have.
 */
export function linearLoss(
  table: Table,
  name: LossName,
  caller: string,
  products?: Float64Array,
): LinearLoss {
  if (name === 'l2') return leastSquares(products ?? covariance(table), table.columns.length);
  if (name === 'logistic') {
    refuse(table, (v) => v !== 0 && v !== 1, 'logistic', '0 or 1', caller);
    return generalised(table, LOGISTIC);
  }
  if (name === 'poisson') {
    refuse(table, (v) => v < 0 || !Number.isInteger(v), 'poisson', 'a count', caller);
    return generalised(table, POISSON);
  }
  throw new TypeError(`${caller}: loss must be l2, logistic or poisson, got ${String(name)}.`);
}

/** XᵀX/n of the centred columns, row-major. */
export function covariance({ columns, rows }: Table): Float64Array {
  const d = columns.length;
  const centred = columns.map((column) => {
    const { mean } = moments(column);
    return column.map((v) => v - mean);
  });
  const c = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += centred[i]![r]! * centred[j]![r]!;
      c[i * d + j] = c[j * d + i] = sum / rows;
    }
  }
  return c;
}

/** ½ tr (I − W)ᵀ C (I − W) and C(W − I). */
function leastSquares(c: Float64Array, d: number): LinearLoss {
  const kernels = openKernels(d, 3);
  const [products, weights, slope] = kernels?.matrices ?? [];
  if (kernels && products) kernels.put(c, products);
  return (w, gradient) => {
    if (kernels && products && weights && slope) {
      kernels.put(w, weights);
      const { n, pack } = kernels;
      const { address } = products;
      kernels.product(address, weights.address, address, -1, slope.address, n, pack);
      kernels.take(slope, gradient);
    } else {
      flat.matMul(c, w, d, d, d, gradient as Float64Array<ArrayBuffer>);
      for (let i = 0; i < w.length; i++) gradient[i]! -= c[i]!;
    }
    let value = 0;
    for (let i = 0; i < w.length; i++) value += w[i]! * gradient[i]!;
    for (let i = 0; i < d; i++) value -= gradient[i * (d + 1)]!;
    return value / 2;
  };
}

function refuse(
  { columns, names }: Table,
  bad: (v: number) => boolean,
  loss: string,
  wanted: string,
  caller: string,
): void {
  columns.forEach((column, j) => {
    const row = column.findIndex(bad);
    if (row >= 0) {
      throw new RangeError(
        `${caller}: the ${loss} loss needs ${wanted}, but row ${row}, column ${j} ("${names[j]}") is ${column[row]}.`,
      );
    }
  });
}
