import type { Matrix } from './dataset';

/** Lowest and highest value of each column, missing ones (NaN) apart. */
export function spans(rows: Matrix): (readonly [number, number])[] {
  const columns = rows[0]?.length ?? 0;
  return Array.from({ length: columns }, (_, c) => {
    let low = Infinity;
    let high = -Infinity;
    for (const row of rows) {
      const value = row[c]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high] as const;
  });
}
