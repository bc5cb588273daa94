import type { Concept, Matrix } from '../dataset';

/** Columns whose correlation is at least this always move together. */
const TOGETHER = 0.9999;
/** Fewer rows than this with all labels teach no graph and no mechanism. */
const FEW_ROWS = 50;
/** Steps of float32 within a label's range, below which its differences are lost. */
const FEW_STEPS = 1000;

/** What is wrong with the labels of training rows, one sentence each. */
export function labelWarnings(concepts: readonly Concept[], labels: Matrix): string[] {
  const warnings: string[] = [];
  const complete = labels.filter((row) => !row.some(Number.isNaN));
  if (complete.length < FEW_ROWS) {
    warnings.push(
      `Only ${complete.length} of ${labels.length} training rows have all their labels; to learn a graph and mechanisms at least ${FEW_ROWS} are needed.`,
    );
  }
  concepts.forEach(({ name }, c) => {
    const told = labels.map((row) => row[c]!).filter((v) => !Number.isNaN(v));
    const low = told.reduce((a, b) => Math.min(a, b), Infinity);
    const high = told.reduce((a, b) => Math.max(a, b), -Infinity);
    if (told.length === 0) {
      warnings.push(`'${name}' is missing in every training row.`);
      return;
    }
    if (2 * told.length < labels.length) {
      const share = Math.round((100 * (labels.length - told.length)) / labels.length);
      warnings.push(`'${name}' is missing in ${share} % of the training rows.`);
    }
    if (low === high) {
      warnings.push(
        `'${name}' is ${low} in every training row: leave it out, nothing varies with it.`,
      );
      return;
    }
    // 24 bits for the largest value.
    const step = 2 ** (Math.floor(Math.log2(Math.max(Math.abs(low), Math.abs(high)))) - 23);
    if ((high - low) / step < FEW_STEPS) {
      warnings.push(
        `'${name}' varies by ${high - low} around ${low}, of which float32 can tell only some steps apart: take an offset off these labels.`,
      );
    }
    concepts.slice(0, c).forEach((other, b) => {
      if (!(Math.abs(correlation(complete, b, c)) > TOGETHER)) return;
      warnings.push(
        `'${other.name}' and '${name}' always move together: what each of them does cannot be told apart.`,
      );
    });
  });
  return warnings;
}

/** Pearson's correlation of two columns; NaN where one does not vary. */
function correlation(rows: Matrix, a: number, b: number): number {
  const n = rows.length;
  const mean = (c: number): number => rows.reduce((sum, row) => sum + row[c]!, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  let [aa, ab, bb] = [0, 0, 0];
  for (const row of rows) {
    const [x, y] = [row[a]! - ma, row[b]! - mb];
    aa += x * x;
    ab += x * y;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}
