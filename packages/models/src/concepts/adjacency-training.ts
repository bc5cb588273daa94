import { adam } from '@causal/backend';
import {
  expTrace,
  logDet,
  polyTrace,
  spectralRadius,
  truncatedGeometric,
} from '@causal/dag-constraints';
import type { Matrix } from '@causal/datasets';
import { makeAcyclic, type Edge } from '@causal/graph';
import * as tf from '@tensorflow/tfjs';
import { labelConsistency } from './label-consistency';

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

export const penaltyOf = (name: PenaltyName): ((w: tf.Tensor2D) => tf.Scalar) => PENALTIES[name];

/** Multiplier λ and weight c of λh + (c/2)h². */
export interface Multipliers {
  readonly lambda: number;
  readonly c: number;
}

/** λh + (c/2)h², the acyclicity term of the augmented Lagrangian. */
export function lagrangianTerm(h: tf.Scalar, multipliers: tf.Tensor1D): tf.Scalar {
  const [lambda, c] = tf.unstack(multipliers) as [tf.Scalar, tf.Scalar];
  return h.mul(lambda).add(h.square().mul(c).mul(0.5)) as tf.Scalar;
}

const OUTER = 20;
const INNER = 200;
const RATE = 2e-2;
const H_TOLERANCE = 1e-7;
const C_LIMIT = 1e10;
/** c grows where h has not fallen to this share of what it was. */
const PROGRESS = 0.25;
const GROWTH = 10;

/**
 * The first stage of CausalVAE's training: A alone, by (2) under (3). The augmented Lagrangian
 * ℓ_u + λh + (c/2)h²: after each inner minimisation λ ← λ + c·h, and c ← 10c where h > ¼ of what it
 * was before.
 *
 * @param adjacency The variable A [d, d]; changed in place.
 * @param labels Unit labels [n, d].
 * @param edges Where A may differ from 0.
 * @returns The multipliers it ended with, for the joint stage.
 */
export async function pretrainAdjacency(
  adjacency: tf.Variable,
  labels: Matrix,
  edges: Matrix,
  penalty: PenaltyName,
  signal?: AbortSignal,
): Promise<Multipliers> {
  const unit = tf.tensor2d(labels as number[][]);
  const mask = tf.tensor2d(edges as number[][]);
  const optimizer = adam();
  let [lambda, c, before] = [0, 1, Infinity];
  try {
    for (let outer = 0; outer < OUTER; outer++) {
      for (let inner = 0; inner < INNER; inner++) {
        signal?.throwIfAborted();
        tf.tidy(() => {
          const { grads } = tf.variableGrads(() => {
            const A = adjacency.mul(mask) as tf.Tensor2D;
            const h = PENALTIES[penalty](A);
            const multipliers = tf.tensor1d([lambda, c]);
            return labelConsistency(A, unit, edges).add(lagrangianTerm(h, multipliers));
          }, [adjacency]);
          const rate = RATE * (1 - inner / INNER);
          optimizer.step(
            { adjacency: grads[adjacency.name]! },
            { adjacency },
            { learningRate: rate },
          );
        });
      }
      const value = tf.tidy(() => PENALTIES[penalty](adjacency.mul(mask) as tf.Tensor2D));
      const h = (await value.data())[0]!;
      value.dispose();
      if (h < H_TOLERANCE) break;
      lambda += c * h;
      if (h > PROGRESS * before && c < C_LIMIT) c *= GROWTH;
      before = h;
      await tf.nextFrame();
    }
    return { lambda, c };
  } finally {
    tf.dispose([unit, mask]);
    optimizer.dispose();
  }
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
