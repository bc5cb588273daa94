import type { Matrix } from './dataset';

/** Lowest and highest value of each column. */
export function spans(rows: Matrix): (readonly [number, number])[] {
  const columns = rows[0]?.length ?? 0;
  return Array.from({ length: columns }, (_, c) => {
    let low = Infinity;
    let high = -Infinity;
    for (const row of rows) {
      low = Math.min(low, row[c]!);
      high = Math.max(high, row[c]!);
    }
    return [low, high] as const;
  });
}
