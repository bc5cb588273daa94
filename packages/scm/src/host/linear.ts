import { isDag, type Matrix, topologicalOrder } from '@causal/graph';
import { host } from '@causal/linalg';
import { checkMatrix } from '@causal/options';

/** Rows [n][d] for an adjacency [d][d], or an error that says what does not fit. */
function checkRows(adjacency: Matrix, rows: Matrix, name: string, operation: string): void {
  const columns = Array.isArray(adjacency) ? adjacency.length : 0;
  checkMatrix(adjacency, 'adjacency', operation, { columns });
  checkMatrix(rows, name, operation, { columns });
}

/** Aᵀz of one row, for one concept. */
function causesOf(adjacency: Matrix, row: readonly number[], node: number): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    const weight = adjacency[i]![node]!;
    if (weight !== 0) sum += weight * row[i]!;
  }
  return sum;
}

/**
 * z = (I − Aᵀ)⁻¹ε in float64, row by row: by forward substitution in topological order for a DAG
 * (no inverse, exact zeros), by LU for a graph with cycles.
 * @param noise Rows of ε, [n][d].
 * @throws SingularMatrixError if I − A has no inverse; RangeError on other shapes.
 */
export function endogenous(adjacency: Matrix, noise: Matrix): number[][] {
  checkRows(adjacency, noise, 'noise', 'host.endogenous');
  if (isDag(adjacency)) {
    const order = topologicalOrder(adjacency);
    return noise.map((row) => {
      const z = row.map(() => 0);
      for (const node of order) z[node] = row[node]! + causesOf(adjacency, z, node);
      return z;
    });
  }
  if (noise.length === 0) return [];
  const system = adjacency.map((row, j) => row.map((_, i) => Number(i === j) - adjacency[i]![j]!));
  const columns = host.solve(
    system,
    adjacency.map((_, i) => noise.map((row) => row[i]!)),
  );
  return noise.map((_, n) => columns.map((column) => column[n]!));
}

/** ε = (I − Aᵀ)z in float64: abduction in the linear model. @param z Rows, [n][d]. */
export function exogenous(adjacency: Matrix, z: Matrix): number[][] {
  checkRows(adjacency, z, 'z', 'host.exogenous');
  return z.map((row) => row.map((value, node) => value - causesOf(adjacency, row, node)));
}

/**
 * Total effects (I − A)⁻¹: entry [i][j] is what adding 1 to i adds to j, the sum over all directed
 * paths of the products of their weights; 1 on the diagonal of a DAG.
 */
export function totalEffects(adjacency: Matrix): number[][] {
  const columns = Array.isArray(adjacency) ? adjacency.length : 0;
  checkMatrix(adjacency, 'adjacency', 'host.totalEffects', { columns });
  return endogenous(
    adjacency,
    adjacency.map((row, i) => row.map((_, j) => Number(i === j))),
  );
}
