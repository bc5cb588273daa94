import type { Matrix } from '@causal/graph';
import { cyclicParts } from '../numeric/components';
import { readSquare, toRows, zeros, type Square } from '../numeric/square';

/** A penalty's value and its gradient with respect to W. */
export interface PenaltyResult {
  /** h(W) ≥ 0, and 0 exactly where the non-zero entries of W form a DAG. */
  readonly value: number;
  /** ∂h/∂W, a new matrix of W's shape. */
  readonly gradient: number[][];
}

/** The same with row-major gradient, for use inside the package. */
export interface FlatPenalty {
  value: number;
  gradient: Float64Array;
}

/**
 * A penalty on one cyclic strongly connected block A = W∘W.
 * @param a the block; may be overwritten.
 * @param nodes number of nodes of the whole graph.
 * @returns the block's value, and ∂h/∂A *transposed* (entry (j, i) belongs to the edge i → j):
 * that is how the matrix functions give it.
 */
export type BlockPenalty = (a: Square, nodes: number) => { value: number; slope: Square };

/**
 * Sums a block penalty over the cyclic parts of W, or takes its largest. This makes "zero iff DAG" exact: without a
 * cyclic part the value is 0 whatever the weights, and with one it is at least the smallest
 * positive float64, also where the true value is below it.
 * @throws RangeError if the value or the gradient is beyond float64.
 */
export function penalise(
  w: Square,
  block: BlockPenalty,
  name: string,
  join: 'sum' | 'largest' = 'sum',
): FlatPenalty {
  const { size, values } = w;
  const gradient = new Float64Array(size * size);
  const parts = cyclicParts(w);
  let value = 0;
  for (const part of parts) {
    const n = part.length;
    const a = zeros(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const weight = values[part[i]! * size + part[j]!]!;
        a.values[i * n + j] = weight * weight;
      }
    }
    if (!a.values.every(Number.isFinite)) throw overflow(name);
    const result = block(a, size);
    if (join === 'sum') value += result.value;
    else if (result.value > value) {
      value = result.value;
      gradient.fill(0);
    } else continue;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const at = part[i]! * size + part[j]!;
        gradient[at] = values[at] === 0 ? 0 : 2 * values[at]! * result.slope.values[j * n + i]!;
      }
    }
  }
  if (!Number.isFinite(value) || !gradient.every(Number.isFinite)) throw overflow(name);
  return { value: parts.length > 0 ? Math.max(value, Number.MIN_VALUE) : 0, gradient };
}

const overflow = (name: string): RangeError =>
  new RangeError(
    `${name}: the value is beyond float64 (the entries of W∘W are too large around a cycle). Scale W down, for example by the root of spectralRadius(W).`,
  );

/** The public float64 form of a penalty. */
export function onHost(
  matrix: Matrix,
  block: BlockPenalty,
  name: string,
  join?: 'sum' | 'largest',
): PenaltyResult {
  const w = readSquare(matrix, name);
  const { value, gradient } = penalise(w, block, name, join);
  return { value, gradient: toRows(gradient, w.size) };
}
