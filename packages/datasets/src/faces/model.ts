import { topologicalOrder } from '@causal/graph';
import type { Rng } from '@causal/random';
import type { Matrix } from '../dataset';
import type { Mechanism } from '../mechanism';

/** One concept's cause: v = squash(bias + Σ weight·cause + noise·ε), ε standard normal. */
interface Equation {
  readonly bias: number;
  /** Weight of each concept, 0 where it is no cause. */
  readonly weights: readonly number[];
  readonly noise: number;
}

/** A structural causal model of four concepts of a face, each in [0, 1]. */
export interface FaceModel {
  readonly names: readonly string[];
  /** One for each name. */
  readonly equations: readonly Equation[];
}

/** gender → eyes, smile → eyes, smile → mouth, mouth → eyes (gender: 1 is male). */
export const SMILE: FaceModel = {
  names: ['gender', 'smile', 'eyes', 'mouth'],
  equations: [
    { bias: 0, weights: [0, 0, 0, 0], noise: 2.5 },
    { bias: 0, weights: [0, 0, 0, 0], noise: 2 },
    { bias: 1.8, weights: [-1.4, -2.6, 0, 1.6], noise: 0.6 },
    { bias: -1.8, weights: [0, 3.4, 0, 0], noise: 0.7 },
  ],
};

/** age → bald, gender → bald, age → beard, gender → beard (age: 1 is young; gender: 1 is male). */
export const BEARD: FaceModel = {
  names: ['age', 'gender', 'bald', 'beard'],
  equations: [
    { bias: 0.3, weights: [0, 0, 0, 0], noise: 2 },
    { bias: 0, weights: [0, 0, 0, 0], noise: 2.5 },
    { bias: -1.8, weights: [-3, 3.6, 0, 0], noise: 0.7 },
    { bias: -2.4, weights: [-1.2, 4.6, 0, 0], noise: 0.8 },
  ],
};

/** All of ℝ to (0, 1), from operations that every engine rounds alike. */
function squash(x: number): number {
  return 0.5 + (0.5 * x) / Math.sqrt(4 + x * x);
}

/** The inverse of {@link squash}; values at or beyond 0 and 1 count as just inside. */
function unsquash(v: number): number {
  const y = Math.min(1 - 1e-9, Math.max(-1 + 1e-9, 2 * v - 1));
  return (2 * y) / Math.sqrt(1 - y * y);
}

function predictor({ bias, weights }: Equation, row: readonly number[]): number {
  return weights.reduce((sum, w, i) => (w === 0 ? sum : sum + w * row[i]!), bias);
}

/** A[i][j] ≠ 0: i → j. */
export function graphOf(model: FaceModel): Matrix {
  return model.names.map((_, i) => model.equations.map((e) => (e.weights[i] === 0 ? 0 : 1)));
}

/** Draws one row of labels: continuous in (0, 1), or 0 and 1. */
export function sampleFace(model: FaceModel, binary: boolean, rng: Rng): number[] {
  const row = model.names.map(() => 0);
  for (const j of topologicalOrder(graphOf(model))) {
    const equation = model.equations[j]!;
    const lean = predictor(equation, row);
    row[j] = binary
      ? Number(rng.uniform() < squash(lean))
      : squash(lean + equation.noise * rng.normal());
  }
  return row;
}

/** The equations as mechanisms under do(), with each row's noise kept. */
export function mechanismsOf(model: FaceModel, binary: boolean): (Mechanism | undefined)[] {
  return model.equations.map((equation) => {
    if (equation.weights.every((w) => w === 0)) return undefined;
    return (next, observed) => {
      const value = observed[model.equations.indexOf(equation)]!;
      const before = predictor(equation, observed);
      const after = predictor(equation, next);
      if (!binary) return squash(after + unsquash(value) - before);
      return mostProbable(value, squash(before), squash(after));
    };
  });
}

/**
 * A binary label says only whether u < p of its hidden u: the counterfactual with the larger
 * probability given that (P = min(1, p′/p) if it was 1, max(0, (p′ − p)/(1 − p)) if it was 0).
 */
function mostProbable(value: number, before: number, after: number): number {
  const probability =
    value >= 0.5 ? Math.min(1, after / before) : Math.max(0, (after - before) / (1 - before));
  return probability >= 0.5 ? 1 : 0;
}
