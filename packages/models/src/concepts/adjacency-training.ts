import {
  expTrace,
  host,
  logDet,
  polyTrace,
  spectralRadius,
  truncatedGeometric,
  type PenaltyResult,
} from '@causal/dag-constraints';
import type { Matrix } from '@causal/datasets';
import { makeAcyclic, type Edge } from '@causal/graph';
import * as tf from '@tensorflow/tfjs';

/** Penalties that are zero iff A is a DAG, by name. */
export type PenaltyName =
  'poly-trace' | 'exp-trace' | 'log-det' | 'truncated-geometric' | 'spectral-radius';

const PENALTIES: Readonly<Record<PenaltyName, (w: tf.Tensor2D) => tf.Scalar>> = {
  'poly-trace': (w) => polyTrace(w), // equation (3)
  'exp-trace': (w) => expTrace(w),
  'log-det': (w) => logDet(w),
  'truncated-geometric': (w) => truncatedGeometric(w),
  'spectral-radius': (w) => spectralRadius(w),
};

const HOST_PENALTIES: Readonly<Record<PenaltyName, (w: Matrix) => PenaltyResult>> = {
  'poly-trace': host.polyTrace,
  'exp-trace': host.expTrace,
  'log-det': host.logDet,
  'truncated-geometric': host.truncatedGeometric,
  'spectral-radius': host.spectralRadius,
};

/** A penalty on the tape. */
export const penaltyOf = (name: PenaltyName): ((w: tf.Tensor2D) => tf.Scalar) => PENALTIES[name];

/** Multiplier λ and weight c of λh + (c/2)h². */
interface Multipliers {
  readonly lambda: number;
  readonly c: number;
}

/** λh + (c/2)h², the acyclicity term of the augmented Lagrangian. */
export function lagrangianTerm(h: tf.Scalar, multipliers: tf.Tensor1D): tf.Scalar {
  const [lambda, c] = tf.unstack(multipliers) as [tf.Scalar, tf.Scalar];
  return h.mul(lambda).add(h.square().mul(c).mul(0.5)) as tf.Scalar;
}

const OUTER = 20;
const INNER = 300;
const RATE = 2e-2;
const BETA1 = 0.9;
const BETA2 = 0.999;
const H_TOLERANCE = 1e-8;
const C_LIMIT = 1e10;
/** c grows where h has not fallen to this share of what it was. */
const PROGRESS = 0.25;
const GROWTH = 10;
/** Rows that are looked at: A has d² numbers. */
const MOST_ROWS = 300;

/** A [d][d] with the multipliers that its training ended with. */
export interface PretrainedAdjacency extends Multipliers {
  readonly weights: Matrix;
}

/**
 * The first stage of CausalVAE's training: A alone, by (2) under (3). The augmented Lagrangian
 * ℓ_u + λh + (c/2)h²: after each inner minimisation (Adam, from where the last one ended) λ ← λ + c·h,
 * and c ← 10c where h > ¼ of what it was before; until h < 1e-8. In float64 on the host: A is small.
 *
 * @param labels Unit labels [n, d]; the first 300 rows are used.
 */
export async function pretrainAdjacency(
  labels: Matrix,
  penalty: PenaltyName,
  signal?: AbortSignal,
): Promise<PretrainedAdjacency> {
  const rows = labels.slice(0, MOST_ROWS);
  const d = rows[0]!.length;
  const weights = Array.from({ length: d }, () => new Array<number>(d).fill(0));
  let [lambda, c, before] = [0, 1, Infinity];
  for (let outer = 0; outer < OUTER; outer++) {
    signal?.throwIfAborted();
    const h = minimise(weights, rows, penalty, { lambda, c });
    if (h < H_TOLERANCE) break;
    lambda += c * h;
    if (h > PROGRESS * before && c < C_LIMIT) c *= GROWTH;
    before = h;
    await tf.nextFrame();
  }
  return { weights, lambda, c };
}

/** Adam on ℓ_u + λh + (c/2)h², changing the weights in place; the diagonal stays 0. Gives h. */
function minimise(
  weights: number[][],
  rows: Matrix,
  penalty: PenaltyName,
  { lambda, c }: Multipliers,
): number {
  const d = weights.length;
  const [m, v] = [0, 0].map(() => weights.map((row) => row.map(() => 0))) as [
    number[][],
    number[][],
  ];
  for (let step = 1; step <= INNER; step++) {
    const data = consistencyGradient(weights, rows);
    const { value, gradient } = HOST_PENALTIES[penalty](weights);
    const rate = RATE * (1 - (step - 1) / INNER);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        if (i === j) continue;
        const g = data[i]![j]! + (lambda + c * value) * gradient[i]![j]!;
        m[i]![j] = BETA1 * m[i]![j]! + (1 - BETA1) * g;
        v[i]![j] = BETA2 * v[i]![j]! + (1 - BETA2) * g * g;
        const mean = m[i]![j]! / (1 - BETA1 ** step);
        const scale = Math.sqrt(v[i]![j]! / (1 - BETA2 ** step)) + 1e-12;
        weights[i]![j]! -= (rate * mean) / scale;
      }
    }
  }
  return HOST_PENALTIES[penalty](weights).value;
}

/** Gradient of (2), mean ‖u − σ(Aᵀu)‖², by A. */
function consistencyGradient(weights: Matrix, rows: Matrix): number[][] {
  const d = weights.length;
  const gradient = weights.map((row) => row.map(() => 0));
  for (const u of rows) {
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += weights[i]![j]! * u[i]!;
      const s = 1 / (1 + Math.exp(-sum));
      const slope = (-2 * (u[j]! - s) * s * (1 - s)) / rows.length;
      for (let i = 0; i < d; i++) gradient[i]![j]! += slope * u[i]!;
    }
  }
  return gradient;
}

/** A as a discrete DAG: small entries go, then the weakest edge of each cycle. */
export function discreteGraph(
  weights: Matrix,
  threshold: number,
): { readonly graph: Matrix; readonly dropped: readonly Edge[] } {
  const kept = weights.map((row) => row.map((w) => (Math.abs(w) < threshold ? 0 : w)));
  const { weights: graph, dropped } = makeAcyclic(kept);
  return { graph, dropped };
}
