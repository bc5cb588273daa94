/** Columns of numbers, all of one length. */
export type Columns = readonly Float64Array[];

/** A column is taken for a combination of others if less than this of its square is left. */
const LEFT = 0.01;

/** Orthonormal columns of the same span (Gram and Schmidt, twice); what others explain is left out. */
export function orthonormal(columns: Columns, apartFrom: Columns = []): Float64Array[] {
  const found: Float64Array[] = [];
  for (const column of columns) {
    const before = dot(column, column);
    const rest = residual(column, [...apartFrom, ...found]);
    const after = dot(rest, rest);
    if (!(after > LEFT * before) || after === 0) continue;
    found.push(rest.map((v) => v / Math.sqrt(after)));
  }
  return found;
}

/** What orthonormal columns leave of another one. */
export function residual(column: Float64Array, basis: Columns): Float64Array {
  const rest = Float64Array.from(column);
  for (let pass = 0; pass < 2; pass++) {
    for (const unit of basis) {
      const share = dot(rest, unit);
      for (let i = 0; i < rest.length; i++) rest[i]! -= share * unit[i]!;
    }
  }
  return rest;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
