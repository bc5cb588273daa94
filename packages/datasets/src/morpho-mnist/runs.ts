/**
 * A black-and-white shape as stretches of set pixels: row y has those from 2·rows[y] up to
 * 2·rows[y + 1] in `ends`, each as [first, one behind the last).
 */
export interface Runs {
  readonly side: number;
  readonly rows: Int32Array;
  readonly ends: Int16Array;
}

/** @param binary 1 where set, row by row. */
export function runsOf(binary: Uint8Array, side: number): Runs {
  const builder = new RunsBuilder(side);
  for (let y = 0; y < side; y++) {
    const row = binary.subarray(y * side, (y + 1) * side);
    for (let x = row.indexOf(1); x >= 0; x = row.indexOf(1, x)) {
      const zero = row.indexOf(0, x);
      const end = zero < 0 ? side : zero;
      builder.add(x, end);
      x = end;
    }
    builder.endRow();
  }
  return builder.build();
}

/**
 * All pixels within `radius` of the shape: its dilation by the disc x² + y² ≤ radius², in what the
 * picture shows.
 */
export function dilated(shape: Runs, radius: number): Runs {
  const { side, rows, ends } = shape;
  const builder = new RunsBuilder(side);
  const halfWidth = discHalfWidths(radius);
  // Stretches of all rows that the disc reaches, as marks of where they begin (+1) and end (−1).
  const change = new Int16Array(side + 1);
  for (let y = 0; y < side; y++) {
    change.fill(0);
    const from = Math.max(0, y - radius);
    const to = Math.min(side - 1, y + radius);
    for (let source = from; source <= to; source++) {
      const reach = halfWidth[Math.abs(source - y)]!;
      for (let k = 2 * rows[source]!; k < 2 * rows[source + 1]!; k += 2) {
        change[Math.max(0, ends[k]! - reach)]!++;
        change[Math.min(side, ends[k + 1]! + reach)]!--;
      }
    }
    let depth = 0;
    let begun = -1;
    for (let x = 0; x <= side; x++) {
      if (change[x] === 0) continue;
      depth += change[x]!;
      if (depth > 0 && begun < 0) begun = x;
      if (depth === 0 && begun >= 0) {
        builder.add(begun, x);
        begun = -1;
      }
    }
    builder.endRow();
  }
  return builder.build();
}

/** The pixels around which the whole disc is within the shape (what lies outside counts as set). */
export function eroded(shape: Runs, radius: number): Runs {
  return complement(dilated(complement(shape), radius));
}

function complement({ side, rows, ends }: Runs): Runs {
  const builder = new RunsBuilder(side);
  for (let y = 0; y < side; y++) {
    let from = 0;
    for (let k = 2 * rows[y]!; k < 2 * rows[y + 1]!; k += 2) {
      if (ends[k]! > from) builder.add(from, ends[k]!);
      from = ends[k + 1]!;
    }
    if (from < side) builder.add(from, side);
    builder.endRow();
  }
  return builder.build();
}

/** Half the width of a disc's rows, its middle one first. */
function discHalfWidths(radius: number): Int32Array {
  return Int32Array.from({ length: radius + 1 }, (_, y) =>
    Math.floor(Math.sqrt(radius * radius - y * y)),
  );
}

/** Middle and lean (u₁₁/u₀₂) of a shape; undefined for an empty one. */
export function leanOf({
  side,
  rows,
  ends,
}: Runs): { readonly x: number; readonly y: number; readonly shear: number } | undefined {
  let [mass, mx, my, mxy, myy] = [0, 0, 0, 0, 0];
  for (let y = 0; y < side; y++) {
    for (let k = 2 * rows[y]!; k < 2 * rows[y + 1]!; k += 2) {
      const count = ends[k + 1]! - ends[k]!;
      const sumX = (count * (ends[k]! + ends[k + 1]! - 1)) / 2;
      mass += count;
      mx += sumX;
      my += count * y;
      mxy += sumX * y;
      myy += count * y * y;
    }
  }
  if (mass === 0) return undefined;
  const [x, y] = [mx / mass, my / mass];
  return { x, y, shear: (mxy / mass - x * y) / (myy / mass - y * y || 1) };
}

export class RunsBuilder {
  readonly #rows: Int32Array;
  #ends = new Int16Array(2048);
  #count = 0;
  #row = 0;

  constructor(readonly side: number) {
    this.#rows = new Int32Array(side + 1);
  }

  add(first: number, end: number): void {
    if (2 * this.#count === this.#ends.length) {
      const longer = new Int16Array(2 * this.#ends.length);
      longer.set(this.#ends);
      this.#ends = longer;
    }
    this.#ends[2 * this.#count] = first;
    this.#ends[2 * this.#count++ + 1] = end;
  }

  endRow(): void {
    this.#rows[++this.#row] = this.#count;
  }

  build(): Runs {
    return { side: this.side, rows: this.#rows, ends: this.#ends.slice(0, 2 * this.#count) };
  }
}
