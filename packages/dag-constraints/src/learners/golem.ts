import type { Matrix } from '@causal/graph';
import { flat } from '@causal/linalg';
import type * as tf from '@tensorflow/tfjs';
import { checkKeys } from '@causal/options';
import { checkBoolean, checkWork, numberOption } from '../checks';
import { readTable } from '../data/table';
import { commonUnit, inUnits, LARGE } from '../data/units';
import { resolvePriorKnowledge } from '../prior-knowledge';
import { Pacer, type HistoryEntry, type LearnedInUnits, type LongWork } from '../progress';
import { expPenalty } from './exp-penalty';
import { finish } from './finish';
import { LEARNER_OPTIONS, type LearnerOptions } from './learner-options';
import { covariance } from './linear/losses';
import { pastSymmetry } from './linear/symmetry';
import { descend } from './mlp/descend';

export interface GolemOptions extends LearnerOptions {
  /** Whether all noises have one variance (GOLEM-EV, default) or each its own (GOLEM-NV). */
  readonly equalVariances?: boolean;
  /** L1 penalty of the weights; default .02, and .002 for unequal variances. */
  readonly lambda1?: number;
  /** Weight of the acyclicity penalty; default 5. */
  readonly lambda2?: number;
  /** Most Adam steps (of each of the two runs for unequal variances); default 1e5. */
  readonly steps?: number;
  /** Adam's learning rate; default 1e-3. */
  readonly learningRate?: number;
  /** Stops when a thousand steps change the score by at most this share of it; default 1e-6. */
  readonly tolerance?: number;
}

const CALLER = 'golem';

/**
 * GOLEM (Ng, Ghassami & Zhang 2020): the Gaussian likelihood of a linear model with soft penalties,
 * min L(B) + λ₁‖B‖₁ + λ₂(tr e^{B∘B} − d), by Adam from 0 in float64; then small edges go, and the
 * weakest of each cycle that is left. No random numbers. L = d/2 log ‖X − XB‖² − log|det(I − B)|
 * for equal variances; ½ Σⱼ log ‖xⱼ − Xbⱼ‖² − log|det(I − B)| for unequal ones, started from the
 * solution for equal ones as the paper does against its local minima.
 *
 * Sensitive to the scales of the columns beside each other: see `diagnose`. Units that all share change
 * the score by a constant only.
 * @param x observations [n, d], n ≥ d. Not changed; centred inside.
 * @returns `converged` is false where Adam's steps ran out; h need not be small, the penalty is soft.
 * @throws TypeError or RangeError for bad observations or options, naming row and column.
 */
export async function golem(
  x: Matrix | tf.Tensor2D,
  options: GolemOptions = {},
): Promise<LearnedInUnits> {
  const own = ['equalVariances', 'lambda1', 'lambda2', 'steps', 'learningRate', 'tolerance'];
  checkKeys(options, [...LEARNER_OPTIONS, ...own], CALLER);
  checkWork(options, CALLER);
  const { names } = options;
  const given = readTable(x, { caller: CALLER, ...(names !== undefined && { names }) });
  const unit = commonUnit(given, LARGE.linear);
  const table = inUnits(given, unit, CALLER);
  const constraints = resolvePriorKnowledge(options.priorKnowledge, table.names, CALLER);
  const equal = checkBoolean(options.equalVariances ?? true, 'equalVariances', CALLER);
  const number = numberOption(CALLER);
  const threshold = number(options.threshold ?? 0.3, 'threshold');
  const lambda2 = number(options.lambda2 ?? 5, 'lambda2');
  const steps = number(options.steps ?? 1e5, 'steps', 1, true);
  const learningRate = number(options.learningRate ?? 1e-3, 'learningRate', Number.MIN_VALUE);
  const tolerance = number(options.tolerance ?? 1e-6, 'tolerance');
  if (options.lambda1 !== undefined) number(options.lambda1, 'lambda1');
  const d = table.columns.length;
  const c = covariance(table);
  const penalty = expPenalty(d, CALLER);
  const hSlope = new Float64Array(d * d);
  const runs = equal ? [true] : [true, false];
  const norm = (sameVariance: boolean): number =>
    (sameVariance === equal ? options.lambda1 : undefined) ?? (sameVariance ? 2e-2 : 2e-3);
  const run = async (forbidden: Uint8Array, work: LongWork) => {
    const pacer = new Pacer(work);
    const history: HistoryEntry[] = [];
    let end = { theta: new Float64Array(d * d) as Float64Array, price: 0, h: 0, settled: false };
    for (const [index, sameVariance] of runs.entries()) {
      const likelihood = gaussianLikelihood(c, d, sameVariance);
      const lambda1 = norm(sameVariance);
      const score = (b: Float64Array, gradient: Float64Array): number => {
        let value = likelihood(b, gradient);
        if (!Number.isFinite(value)) return NaN;
        value += lambda2 * penalty.value(b, hSlope);
        for (let i = 0; i < b.length; i++) {
          value += lambda1 * Math.abs(b[i]!);
          gradient[i] = forbidden[i]
            ? 0
            : gradient[i]! + lambda1 * Math.sign(b[i]!) + lambda2 * hSlope[i]!;
        }
        return value;
      };
      const stage = sameVariance ? 'equal variances' : 'unequal variances';
      const { theta, value, ...found } = await descend(score, end.theta, {
        steps,
        learningRate,
        checkEvery: 1000,
        tolerance,
        caller: CALLER,
        report: (step) =>
          step % 20 === 0
            ? pacer.report(index * steps + step - 1, runs.length * steps, stage)
            : undefined,
      });
      const h = penalty.value(theta, hSlope);
      end = { theta, price: value, h, settled: found.settled };
      history.push({ step: index, loss: value, h, iterations: found.steps });
    }
    await pacer.report(1, 1, 'done');
    return { ...end, history };
  };
  const { theta, history, h, settled } = await pastSymmetry(run, constraints.forbidden, options, {
    size: d,
    loss: gaussianLikelihood(c, d, equal),
    lambda1: norm(equal),
  });
  return {
    ...finish(theta, constraints, threshold, c),
    history,
    converged: settled,
    h,
    stopReason: settled ? 'converged' : 'iterations',
    unit,
  };
}

/**
 * Negative log-likelihood at B up to a constant, from the covariance C: with M = (I − B)ᵀC(I − B),
 * d/2 log tr M or ½ Σ log Mⱼⱼ, minus log|det(I − B)|. NaN where I − B is singular.
 */
export function gaussianLikelihood(
  c: Float64Array,
  d: number,
  equalVariances: boolean,
): (b: Float64Array, gradient: Float64Array) => number {
  const residual = new Float64Array(d * d);
  const product = new Float64Array(d * d);
  const variances = new Float64Array(d);
  return (b, gradient) => {
    for (let i = 0; i < b.length; i++) residual[i] = (i % (d + 1) === 0 ? 1 : 0) - b[i]!;
    const factors = flat.luFactor(residual, d);
    const { logAbsDet } = flat.luSlogdet(factors);
    if (!Number.isFinite(logAbsDet)) return NaN;
    const inverse = flat.luInverse(factors);
    flat.matMul(c, residual, d, d, d, product);
    variances.fill(0);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) variances[j]! += residual[i * d + j]! * product[i * d + j]!;
    }
    const total = variances.reduce((sum, v) => sum + v, 0);
    let value = equalVariances ? (d / 2) * Math.log(total) : 0;
    if (!equalVariances) for (const v of variances) value += Math.log(v) / 2;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const scale = equalVariances ? d / total : 1 / variances[j]!;
        gradient[i * d + j] = inverse[j * d + i]! - scale * product[i * d + j]!;
      }
    }
    return value - logAbsDet;
  };
}
