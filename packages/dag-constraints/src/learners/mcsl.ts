import type { Matrix } from '@causal/graph';
import type { Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import { expTraceBlock } from '../penalties/exp-trace';
import { penalise, type FlatPenalty } from '../penalties/penalty';
import type { Constraints } from '../prior-knowledge';
import { numberOption } from '../checks';
import { Pacer, type HistoryEntry, type LearnedInUnits } from '../progress';
import { finish } from './finish';
import { Adam } from './mlp/adam';
import { initialParameters, type Shape } from './mlp/network';
import { checkMlpOptions, setUpMlp, type MlpOptions } from './mlp/setup';
import type { Squares } from './mlp/squares';

export interface McslOptions extends MlpOptions {
  /** Units of each hidden layer; default [16, 16, 16, 16]. */
  readonly hidden?: readonly number[];
  readonly compute?: 'engine' | 'host';
  /** Weight of the sum of the mask; default 2e-3. */
  readonly lambda1?: number;
  /** Temperature τ of the mask; default .2. */
  readonly temperature?: number;
  /** Adam's learning rate; default .03. */
  readonly learningRate?: number;
  /** Most outer iterations; default 25. */
  readonly maxIterations?: number;
  /** Adam steps between two looks at h; default 1000. */
  readonly steps?: number;
  /** ρ of the start, default 1e-5, and the largest one, default 1e14. */
  readonly rho?: number;
  readonly rhoMax?: number;
  /** Stops when h is at most this; default 1e-10. */
  readonly hTolerance?: number;
  /** Edges of smaller probability are dropped; default .5. */
  readonly threshold?: number;
}

const CALLER = 'mcsl';
const OWN = [
  'lambda1',
  'temperature',
  'learningRate',
  'maxIterations',
  'steps',
  'rho',
  'rhoMax',
  'hTolerance',
];

/**
 * Masked structure learning (Ng, Zhu, Fang, Li, Chen & Wang 2022): child j is a network of its
 * columns mask·x, the mask σ((U + G₁ − G₂)/τ) drawn anew at every step (Gumbel noise, diagonal 0);
 * min ½n⁻¹ Σ‖xⱼ − fⱼ‖² + λ₁ Σ mask + αh + ½ρh², h = tr e^{mask∘mask} − d, by Adam, with ρ tenfold
 * while h falls by less than three quarters. Leaky ReLU units (slope .05).
 *
 * h decides on the mask without noise, σ(U/τ), which is also the result. Forbidden entries of the
 * mask are 0 and required ones 1, throughout.
 * @param x observations [n, d], n ≥ d. Not changed; all settings count in common units.
 * @returns `weights`: σ(U/τ) where there is an edge. `converged` is false where h stayed above
 * `hTolerance`.
 * @throws TypeError or RangeError for bad observations or options, naming row and column.
 */
export async function mcsl(
  x: Matrix | tf.Tensor2D,
  options: McslOptions = {},
): Promise<LearnedInUnits> {
  checkMlpOptions(options, OWN, CALLER);
  const number = numberOption(CALLER);
  const threshold = number(options.threshold ?? 0.5, 'threshold');
  const lambda1 = number(options.lambda1 ?? 2e-3, 'lambda1');
  const temperature = number(options.temperature ?? 0.2, 'temperature', Number.MIN_VALUE);
  const learningRate = number(options.learningRate ?? 3e-2, 'learningRate', Number.MIN_VALUE);
  const maxIterations = number(options.maxIterations ?? 25, 'maxIterations', 1, true);
  const steps = number(options.steps ?? 1000, 'steps', 1, true);
  const hTolerance = number(options.hTolerance ?? 1e-10, 'hTolerance');
  let rho = number(options.rho ?? 1e-5, 'rho', Number.MIN_VALUE);
  const rhoMax = number(options.rhoMax ?? 1e14, 'rhoMax', rho);
  const { shape, rows, constraints, squares, rng, unit } = setUpMlp(x, options, {
    caller: CALLER,
    hidden: [16, 16, 16, 16],
    compute: 'engine',
    activation: 'leaky-relu',
  });
  const pacer = new Pacer(options);
  const history: HistoryEntry[] = [];
  try {
    const start = initialParameters(
      shape,
      rng.split('networks'),
      new Uint8Array(shape.variables ** 2),
    );
    const masked = new MaskedNetworks(shape, squares, constraints, temperature);
    const edges = shape.variables ** 2;
    // θ: U, then the networks.
    const theta = new Float64Array(edges + start.length);
    for (let i = 0; i < edges; i++) theta[i] = 1e-10 * (2 * rng.uniform() - 1);
    theta.set(start, edges);
    const gradient = new Float64Array(theta.length);
    const adam = new Adam(theta.length);
    const noise = rng.split('noise');
    const none = new Float64Array(edges);
    let alpha = 0;
    let h = Infinity;
    for (let step = 0; step < maxIterations && rho <= rhoMax; step++) {
      let next = h;
      let loss = 0;
      while (rho <= rhoMax) {
        for (let s = 0; s < steps; s++) {
          loss = masked.objective(theta, logistic(noise, edges), gradient, {
            rows,
            lambda1,
            alpha,
            rho,
          });
          if (!Number.isFinite(loss)) {
            throw new RangeError(
              `${CALLER}: the loss is ${loss} after ${step * steps + s} steps. A smaller learningRate, or standardize(x), may help.`,
            );
          }
          adam.step(theta, gradient, learningRate);
          const pause = pacer.report(step, maxIterations, `ρ ${rho.toExponential(0)}`);
          if (pause) await pause;
        }
        next = penaltyOf(masked.mask(theta, none), shape.variables).value;
        if (next <= 0.25 * h) break;
        rho *= 10;
      }
      h = next;
      history.push({ step, loss, h, rho, alpha });
      alpha += rho * h;
      if (h <= hTolerance && step >= 2) break;
    }
    await pacer.report(1, 1, 'done');
    const stopReason = h <= hTolerance ? 'converged' : rho > rhoMax ? 'rho-max' : 'iterations';
    return {
      ...finish(masked.mask(theta, none), constraints, threshold),
      history,
      converged: stopReason === 'converged',
      h,
      stopReason,
      unit,
    };
  } finally {
    squares.dispose();
  }
}

/** G₁ − G₂ of Gumbel variables: a logistic one, log u − log(1 − u). */
function logistic(rng: Rng, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => {
    const u = Math.min(Math.max(rng.uniform(), 1e-16), 1 - 1e-16);
    return Math.log(u) - Math.log1p(-u);
  });
}

const penaltyOf = (mask: Float64Array, size: number): FlatPenalty =>
  penalise({ size, values: mask as Float64Array<ArrayBuffer> }, expTraceBlock, CALLER);

/** The networks behind a mask; θ holds U [d × d] and then their parameters. */
export class MaskedNetworks {
  readonly #shape: Shape;
  readonly #squares: Squares;
  readonly #constraints: Constraints;
  readonly #temperature: number;

  constructor(shape: Shape, squares: Squares, constraints: Constraints, temperature: number) {
    this.#shape = shape;
    this.#squares = squares;
    this.#constraints = constraints;
    this.#temperature = temperature;
  }

  /** σ((U + noise)/τ), 0 where forbidden and 1 where required. */
  mask(theta: Float64Array, noise: Float64Array): Float64Array {
    const { forbidden, required } = this.#constraints;
    return noise.map((g, at) => {
      if (forbidden[at]) return 0;
      if (required[at]) return 1;
      return 1 / (1 + Math.exp(-(theta[at]! + g) / this.#temperature));
    });
  }

  /** ½n⁻¹ Σ‖xⱼ − fⱼ‖² + λ₁ Σ mask + αh + ½ρh² at one draw of the noise, with its gradient. */
  objective(
    theta: Float64Array,
    noise: Float64Array,
    gradient: Float64Array,
    terms: { rows: number; lambda1: number; alpha: number; rho: number },
  ): number {
    const { variables: d, hidden } = this.#shape;
    const { rows, lambda1, alpha, rho } = terms;
    const edges = d * d;
    const m = hidden[0]!;
    const mask = this.mask(theta, noise);
    // mask·x into the first layer is x into the first layer with masked weights.
    const networks = theta.slice(edges);
    const own = gradient.subarray(edges);
    const each = (visit: (weight: number, edge: number) => void): void => {
      for (let row = 0; row < d * m; row++) {
        const j = Math.floor(row / m);
        for (let i = 0; i < d; i++) visit(row * d + i, i * d + j);
      }
    };
    each((weight, edge) => (networks[weight]! *= mask[edge]!));
    let value = this.#squares.at(networks, own) / rows;
    for (let i = 0; i < own.length; i++) own[i]! /= rows;
    const slope = new Float64Array(edges);
    each((weight, edge) => {
      slope[edge]! += own[weight]! * theta[edges + weight]!;
      own[weight]! *= mask[edge]!;
    });
    const h = penaltyOf(mask, d);
    const factor = alpha + rho * h.value;
    value += h.value * (alpha + (rho / 2) * h.value);
    const { forbidden, required } = this.#constraints;
    for (let at = 0; at < edges; at++) {
      const p = mask[at]!;
      value += lambda1 * p;
      const pull = slope[at]! + lambda1 + factor * h.gradient[at]!;
      gradient[at] = forbidden[at] || required[at] ? 0 : (pull * p * (1 - p)) / this.#temperature;
    }
    return value;
  }
}
