import { type Columns, dot } from './least-squares';

/** Row k is predicted from the rows of the other folds. */
const FOLDS = 4;
/** Of the mean square of a picture's parts: little for clean drawings, more for noisy photographs. */
const PENALTIES = [1e-3, 1e-1];

/** Reads any number off pictures by linear ridge regression, each picture by a fit to others. */
export class RidgeReader {
  readonly #rows: number;
  readonly #gram: Float64Array;
  /** For each penalty and fold: the rows fitted to, and the Cholesky factor of their system. */
  readonly #fits: { rows: number[]; factor: Float64Array; fold: number; penalty: number }[] = [];

  private constructor(rows: number, gram: Float64Array) {
    this.#rows = rows;
    this.#gram = gram;
  }

  /** @param parts Columns of the pictures' parts, none of them constant. */
  static async prepare(
    parts: Columns,
    rows: number,
    pause: () => Promise<void>,
  ): Promise<RidgeReader> {
    const gram = new Float64Array(rows * rows);
    for (const [p, part] of parts.entries()) {
      const mean = part.reduce((a, b) => a + b) / rows;
      const centred = part.map((v) => v - mean);
      const scale = rows / (dot(centred, centred) * parts.length);
      for (let i = 0; i < rows; i++) {
        const weight = centred[i]! * scale;
        for (let j = 0; j < rows; j++) gram[i * rows + j]! += weight * centred[j]!;
      }
      if (p % 16 === 0) await pause();
    }
    const reader = new RidgeReader(rows, gram);
    for (const [penalty, share] of PENALTIES.entries()) {
      for (let fold = 0; fold < FOLDS; fold++) {
        const others = Array.from({ length: rows }, (_, i) => i).filter((i) => i % FOLDS !== fold);
        const n = others.length;
        const factor = new Float64Array(n * n);
        others.forEach((i, a) =>
          others.forEach(
            (j, b) => (factor[a * n + b] = gram[i * rows + j]! + (a === b ? share : 0)),
          ),
        );
        choleskyInPlace(factor, n);
        reader.#fits.push({ rows: others, factor, fold, penalty });
        await pause();
      }
    }
    return reader;
  }

  /** Correlations of a column with what is read for it, one for each penalty. */
  correlations(column: Float64Array): number[] {
    const read = PENALTIES.map(() => new Float64Array(this.#rows));
    for (const { rows, factor, fold, penalty } of this.#fits) {
      const weights = solveInPlace(
        factor,
        Float64Array.from(rows, (i) => column[i]!),
      );
      for (let i = fold; i < this.#rows; i += FOLDS) {
        let sum = 0;
        rows.forEach((j, k) => (sum += this.#gram[i * this.#rows + j]! * weights[k]!));
        read[penalty]![i] = sum;
      }
    }
    const size = dot(column, column);
    return read.map((values) => dot(values, column) / Math.sqrt(size * dot(values, values) || 1));
  }
}

/** The lower factor L of A = LLᵀ in A's place. */
function choleskyInPlace(a: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
  }
}

/** x of LLᵀx = b, in b's place. */
function solveInPlace(factor: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i]! -= factor[i * n + k]! * b[k]!;
    b[i]! /= factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i]! -= factor[k * n + i]! * b[k]!;
    b[i]! /= factor[i * n + i]!;
  }
  return b;
}
