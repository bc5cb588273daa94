import type { Matrix } from '@causal/datasets';

const NEIGHBOUR = 20;
const POWER = 4;
const RANGE = [0.2, 20] as const;
/** Distances are measured to at most so many rows. */
const MOST_REFERENCES = 6000;

/**
 * How often each row is drawn: ∝ (distance to its 20th neighbour among standardised labels)⁴,
 * clipped to .2–20 of the median's. Rare combinations of labels count: they are what tells
 * correlated concepts apart, and what do() leads to.
 * @param labels Standardised [n, d].
 * @returns [n]; 1 is the median row.
 */
export function rowWeights(labels: Matrix): Float32Array {
  const n = labels.length;
  const d = labels[0]?.length ?? 0;
  const stride = Math.max(1, Math.ceil(n / MOST_REFERENCES));
  const references = Float64Array.from(
    labels.flatMap((row, i) => (i % stride === 0 ? [...row] : [])),
  );
  const count = references.length / d;
  const which = Math.min(NEIGHBOUR, count - 1);
  const squares = Float64Array.from(labels, (row) => nthSquare(row, references, which));
  const sorted = Float64Array.from(squares).sort();
  const median = sorted[n >> 1]! || 1;
  return Float32Array.from(squares, (square) =>
    Math.min(RANGE[1], Math.max(RANGE[0], (square / median) ** (POWER / 2))),
  );
}

/** Squared distance to the nth nearest reference, the row itself among them (n = 0). */
function nthSquare(row: readonly number[], references: Float64Array, n: number): number {
  const d = row.length;
  const nearest = new Float64Array(n + 1).fill(Infinity);
  for (let at = 0; at < references.length; at += d) {
    let square = 0;
    for (let i = 0; i < d; i++) square += (row[i]! - references[at + i]!) ** 2;
    if (square >= nearest[n]!) continue;
    let slot = n;
    while (slot > 0 && nearest[slot - 1]! > square) {
      nearest[slot] = nearest[slot - 1]!;
      slot--;
    }
    nearest[slot] = square;
  }
  return nearest[n]!;
}
