import { squared, type Rows } from './reference';

/** Log-domain Sinkhorn in float64, until the potentials stand still: OT_ε between uniform masses. */
export function plainTransport(
  x: Rows,
  y: Rows,
  epsilon: number,
  power: 1 | 2 = 2,
): { value: number; plan: number[][] } {
  const [n, m] = [x.length, y.length];
  const cost = x.map((a) => y.map((b) => squared(a, b) ** (power / 2)));
  const f = new Float64Array(n);
  const g = new Float64Array(m);
  const softmin = (values: number[]): number => {
    const low = Math.min(...values);
    const mean = values.reduce((s, v) => s + Math.exp((low - v) / epsilon), 0) / values.length;
    return low - epsilon * Math.log(mean);
  };
  for (let round = 0; round < 20_000; round++) {
    let moved = 0;
    for (let j = 0; j < m; j++) g[j] = softmin(cost.map((row, i) => row[j]! - f[i]!));
    for (let i = 0; i < n; i++) {
      const next = softmin(cost[i]!.map((c, j) => c - g[j]!));
      moved = Math.max(moved, Math.abs(next - f[i]!));
      f[i] = next;
    }
    if (moved < 1e-12) break;
  }
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
  const plan = cost.map((row, i) =>
    row.map((c, j) => Math.exp((f[i]! + g[j]! - c) / epsilon) / (n * m)),
  );
  return { value: mean(f) + mean(g), plan };
}

export function plainSinkhorn(x: Rows, y: Rows, epsilon: number, power: 1 | 2 = 2): number {
  const value = (a: Rows, b: Rows) => plainTransport(a, b, epsilon, power).value;
  return value(x, y) - (value(x, x) + value(y, y)) / 2;
}
