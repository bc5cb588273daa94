import type { Matrix } from '@causal/datasets';
import { host } from '@causal/linalg';
import * as tf from '@tensorflow/tfjs';

/** A concept of which the others leave less variance than this is determined by them. */
const DETERMINED = 0.02;
/** … and with less than this, rows are not weighed: rare rows would be rare values, not combinations. */
const NEARLY_DETERMINED = 0.05;
/** Keeps the fit's equations regular where concepts determine each other, a row. */
const RIDGE = 1e-6;
/** Added to a pixel's variance, so that still pixels do not count. */
const VARIANCE_FLOOR = 1e-4;
/** Taken off the squared correlation for chance: about four times what two numbers reach by it. */
const CHANCE = 8;

/**
 * Where each concept shows: √(partial R²) of a pixel given the other concepts, each concept's map
 * with sum 1. What the others determine (a quadratic fit leaves nothing) enters as it is.
 * @param pictures [n, pixels·channels], centred.
 * @param labels Standardised [n, d].
 * @returns [d][pixels].
 */
export function conceptTraces(
  pictures: tf.Tensor2D,
  labels: Matrix,
  channels: number,
): Float64Array[] {
  const n = labels.length;
  const variance = tf.tidy(() => pictures.square().mean(0).dataSync().slice());
  return labels[0]!.map((_, i) => {
    const probes = ownVariation(labels, i);
    const moments = tf.tidy(() => {
      const r = tf.tensor2d(Float32Array.from(probes.flat()), [2, n]);
      return r.matMul(pictures).div(n).dataSync().slice();
    });
    const size = variance.length;
    const map = new Float64Array(size / channels);
    for (let q = 0; q < size; q++) {
      const square = moments[q]! ** 2 + moments[size + q]! ** 2;
      const share = Math.max(0, square / (variance[q]! + VARIANCE_FLOOR) - CHANCE / n);
      map[Math.floor(q / channels)]! += share / channels;
    }
    const rooted = map.map(Math.sqrt);
    const sum = rooted.reduce((total, v) => total + v, 0);
    return rooted.map((v) => (sum > 0 ? v / sum : 1 / map.length));
  });
}

/** û and û² less their quadratic fit by the other concepts, each with deviation 1: [2][n]. */
function ownVariation(labels: Matrix, i: number): number[][] {
  const targets = labels.map((row) => [row[i]!, row[i]! ** 2]);
  const residual = quadraticResiduals(labels, i, targets);
  const own =
    deviation(residual[0]!) ** 2 < DETERMINED
      ? [targets.map(([u]) => u!), targets.map(([, square]) => square! - 1)]
      : residual;
  return own.map((values) => {
    const std = deviation(values) || 1;
    return values.map((v) => v / std);
  });
}

/** Whether some concept is a function of the others, as a quadratic fit sees it. */
export function hasDetermined(labels: Matrix): boolean {
  return labels[0]!.some((_, i) => {
    const [left] = quadraticResiduals(
      labels,
      i,
      labels.map((row) => [row[i]!]),
    );
    return deviation(left!) ** 2 < NEARLY_DETERMINED;
  });
}

/**
 * What a quadratic fit by all concepts but the i-th leaves of the targets.
 * @param targets [n][t].
 * @returns [t][n].
 */
function quadraticResiduals(labels: Matrix, i: number, targets: Matrix): number[][] {
  const others = labels.map((row) => quadratic(row.filter((_, j) => j !== i)));
  const q = others[0]!.length;
  const gram = Array.from({ length: q }, (_, a) =>
    Array.from(
      { length: q },
      (__, b) =>
        sumOf(others, (row) => row[a]! * row[b]!) + Number(a === b) * RIDGE * labels.length,
    ),
  );
  const moment = Array.from({ length: q }, (_, a) =>
    targets[0]!.map((__, t) => sumOf(others, (row, r) => row[a]! * targets[r]![t]!)),
  );
  const fit = host.solve(gram, moment);
  return targets[0]!.map((_, t) =>
    others.map((row, r) => targets[r]![t]! - row.reduce((sum, v, a) => sum + v * fit[a]![t]!, 0)),
  );
}

/** [v, 1, all products of two]. */
function quadratic(v: readonly number[]): number[] {
  const products = v.flatMap((a, i) => v.slice(i).map((b) => a * b));
  return [...v, 1, ...products];
}

function sumOf<T>(rows: readonly T[], f: (row: T, index: number) => number): number {
  let sum = 0;
  for (let r = 0; r < rows.length; r++) sum += f(rows[r]!, r);
  return sum;
}

function deviation(values: readonly number[]): number {
  const mean = sumOf(values, (v) => v) / values.length;
  return Math.sqrt(sumOf(values, (v) => (v - mean) ** 2) / values.length);
}
