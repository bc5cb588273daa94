// Plain float64 mathematics on rows of numbers: what tensors are compared with.
import type * as tf from '@tensorflow/tfjs';

/** The numbers of a tensor as nested rows. */
export const rowsOf = (t: tf.Tensor): number[][] => t.arraySync() as number[][];
/** The same of [n, d, k]. */
export const cubeOf = (t: tf.Tensor): number[][][] => t.arraySync() as number[][][];
export const numberOf = (t: tf.Tensor): number => t.dataSync()[0]!;

export const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0);
/** Mean of rows, each counting by its weight. */
export const weightedMean = (values: readonly number[], weights?: readonly number[]): number =>
  weights ? sum(values.map((v, i) => v * weights[i]!)) / sum(weights) : sum(values) / values.length;

/** x of M·x = b, by Gauss with row exchanges. */
export function solve(m: readonly (readonly number[])[], b: readonly number[]): number[] {
  const n = m.length;
  const rows = m.map((row, i) => [...row, b[i]!]);
  for (let c = 0; c < n; c++) {
    let best = c;
    for (let r = c + 1; r < n; r++) {
      if (Math.abs(rows[r]![c]!) > Math.abs(rows[best]![c]!)) best = r;
    }
    [rows[c], rows[best]] = [rows[best]!, rows[c]!];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = rows[r]![c]! / rows[c]![c]!;
      for (let k = c; k <= n; k++) rows[r]![k]! -= factor * rows[c]![k]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}

/** Aᵀz of one row of concepts [d, k]: Σ over causes i of A[i][j]·zᵢ. */
export const fromParents = (
  a: readonly (readonly number[])[],
  z: readonly (readonly number[])[],
): number[][] => z.map((own, j) => own.map((_, c) => sum(a.map((row, i) => row[j]! * z[i]![c]!))));

/** z of z = Aᵀz + ε, one row of concepts [d, k]. */
export function endogenousOf(
  a: readonly (readonly number[])[],
  noise: readonly (readonly number[])[],
): number[][] {
  const system = a.map((_, j) => a.map((row, i) => Number(i === j) - row[j]!));
  const columns = noise[0]!.map((_, c) =>
    solve(
      system,
      noise.map((row) => row[c]!),
    ),
  );
  return noise.map((_, j) => columns.map((column) => column[j]!));
}

export const elu = (x: number): number => (x > 0 ? x : Math.exp(x) - 1);
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** The concept networks k → hidden → m (ELU between), from their weights by name; one row [d, k]. */
export function conceptNetwork(
  parameters: Readonly<Record<string, tf.Tensor>>,
  prefix: string,
  x: readonly (readonly number[])[],
): number[][] {
  const of = (name: string): number[][][] => cubeOf(parameters[`${prefix}${name}`]!);
  const [w1, b1, w2, b2] = ['kernel1', 'bias1', 'kernel2', 'bias2'].map(of) as [
    number[][][],
    number[][][],
    number[][][],
    number[][][],
  ];
  return x.map((own, i) => {
    const hidden = b1[i]![0]!.map((b, h) =>
      elu(b + sum(own.map((value, k) => value * w1[i]![k]![h]!))),
    );
    return b2[i]![0]!.map((b, m) => b + sum(hidden.map((value, h) => value * w2[i]![h]![m]!)));
  });
}
