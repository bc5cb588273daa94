import { standardised } from '../data/table';

/** A column of at most this many different values is taken as categories, whatever their numbers. */
export const MOST_LEVELS = 5;

/** The levels of a discrete column as 0, 1, … and how many there are. */
export interface Coded {
  readonly code: Int32Array;
  readonly levels: number;
}

export function codeOf(column: Float64Array): Coded {
  const place = new Map<number, number>();
  const code = Int32Array.from(column, (value) => {
    if (!place.has(value)) place.set(value, place.size);
    return place.get(value)!;
  });
  return { code, levels: place.size };
}

/** A column of 0 and 1 for each level but the last. */
export const indicators = ({ code, levels }: Coded): Float64Array[] =>
  Array.from({ length: levels - 1 }, (_, level) =>
    Float64Array.from(code, (at) => Number(at === level)),
  );

/**
 * Columns of variance 1 that span what the given ones do, uncorrelated with each other (Gram–Schmidt):
 * sums of squared correlations with them count nothing twice. What depends on those before is left out.
 */
export function uncorrelated(columns: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const column of columns) {
    const rest = standardised(column);
    for (const other of basis) {
      let product = 0;
      for (let i = 0; i < rest.length; i++) product += rest[i]! * other[i]!;
      product /= rest.length;
      for (let i = 0; i < rest.length; i++) rest[i]! -= product * other[i]!;
    }
    let square = 0;
    for (const value of rest) square += value * value;
    if (square / rest.length > 1e-9) basis.push(standardised(rest));
  }
  return basis;
}
