import type { Matrix } from '@causal/graph';
import type * as tf from '@tensorflow/tfjs';
import type { Objective } from '../lbfgsb/lbfgsb';
import { checkChoice } from '@causal/options';
import { numberOption } from '../checks';
import { Pacer, type HistoryEntry, type LearnedInUnits } from '../progress';
import { finish } from './finish';
import { descend } from './mlp/descend';
import { edgeNorms, firstLayerSize, initialParameters, perFirstWeight } from './mlp/network';
import { checkMlpOptions, setUpMlp, type MlpOptions } from './mlp/setup';
import { minimiseSplit } from './split';
import { stageBarrier, stageSettings } from './stages';

export interface DagmaMlpOptions extends MlpOptions {
  /** Units of each hidden layer; default [10]. */
  readonly hidden?: readonly number[];
  readonly compute?: 'engine' | 'host';
  /**
   * How a stage is solved: `'adam'`, the reference's way, or `'lbfgsb'`, to convergence by L-BFGS-B
   * on split weights.
   */
  readonly solver?: 'adam' | 'lbfgsb';
  /** L1 penalty of the first layer's weights; default .02. */
  readonly lambda1?: number;
  /** Squared L2 penalty of all parameters; default .005. */
  readonly lambda2?: number;
  /** Stages T; default 4. */
  readonly stages?: number;
  /** μ of the first stage, default .1, and its factor from stage to stage, default .1. */
  readonly mu?: number;
  readonly muFactor?: number;
  /** s of each stage, the last one repeated; default [1]. */
  readonly s?: readonly number[];
  /** Most steps of a stage, default 5e4, and of the last, default 8e4. */
  readonly warmSteps?: number;
  readonly maxSteps?: number;
  /** Adam's learning rate; default 2e-4. */
  readonly learningRate?: number;
}

const CALLER = 'dagmaMlp';
const DEFAULTS = {
  lambda1: 0.02,
  stages: 4,
  mu: 0.1,
  muFactor: 0.1,
  s: [1],
  warmSteps: 5e4,
  maxSteps: 8e4,
  learningRate: 2e-4,
};
/** h a variable, above which what is left are cycles, not rounding. */
const H_TOLERANCE = 1e-4;
const OWN = ['solver', 'lambda2', ...Object.keys(DEFAULTS)];

/**
 * DAGMA with a network per variable (Bello et al. 2022, section 5): xⱼ ≈ fⱼ(x), W[i][j] the norm of
 * the weights from xᵢ into fⱼ's first layer; min μ(d/2 log(Σ‖xⱼ − fⱼ(x)‖²/n) + λ₁‖θ₁‖₁ + ½λ₂‖θ‖²) +
 * h(W), h the log-det penalty, along μ → 0. Sigmoid units; the first layer's weights start from 0.
 *
 * Sensitive to the scales of the columns beside each other: see `diagnose`. All settings count in common
 * units: {@link LearnedInUnits.unit}.
 * @param x observations [n, d], n ≥ d. Not changed.
 * @returns `weights`: W. `converged` is false where the last stage used up its steps, or left h above
 * 1e-4·d.
 * @throws TypeError or RangeError for bad observations or options, naming row and column.
 */
export async function dagmaMlp(
  x: Matrix | tf.Tensor2D,
  options: DagmaMlpOptions = {},
): Promise<LearnedInUnits> {
  checkMlpOptions(options, OWN, CALLER);
  const number = numberOption(CALLER);
  const threshold = number(options.threshold ?? 0.3, 'threshold');
  const lambda2 = number(options.lambda2 ?? 0.005, 'lambda2');
  const { lambda1, stages, muFactor, warmSteps, maxSteps, learningRate, ...first } = stageSettings(
    options,
    DEFAULTS,
    CALLER,
  );
  const solver = checkChoice(options.solver ?? 'adam', ['adam', 'lbfgsb'], 'solver', CALLER);
  const { shape, rows, constraints, squares, rng, unit } = setUpMlp(x, options, {
    caller: CALLER,
    hidden: [10],
    compute: 'host',
    activation: 'sigmoid',
  });
  const d = shape.variables;
  const norms = edgeNorms(shape);
  const sparse = firstLayerSize(shape);
  const fixed = perFirstWeight(shape, constraints.forbidden);
  let theta = initialParameters(shape, rng, constraints.forbidden, 0);
  const unused = new Float64Array(theta.length);
  const score: Objective = (at, gradient) => {
    const sum = squares.at(at, gradient);
    let value = (d / 2) * Math.log((2 * sum) / rows);
    const scale = d / (2 * sum);
    for (let i = 0; i < at.length; i++) {
      gradient[i] = scale * gradient[i]! + lambda2 * at[i]!;
      value += (lambda2 / 2) * at[i]! * at[i]!;
    }
    return value;
  };
  const pacer = new Pacer(options);
  const history: HistoryEntry[] = [];
  const wSlope = new Float64Array(d * d);
  const slope = new Float64Array(theta.length);
  let h = 0;
  let settled = false;
  try {
    for (let stage = 0, mu = first.mu; stage < stages; stage++, mu *= muFactor) {
      const {
        s,
        penalty: { value: penalty },
      } = stageBarrier(d, first.s, stage, norms.weights(theta));
      /** score + h/μ: the stage's objective without the L1 norm, over μ so that its scale stays. */
      const smooth: Objective = (at, gradient) => {
        const h = penalty(norms.weights(at), wSlope);
        if (!Number.isFinite(h)) return NaN;
        const value = score(at, gradient);
        slope.fill(0);
        norms.pull(at, wSlope, slope);
        for (let i = 0; i < sparse; i++) gradient[i]! += slope[i]! / mu;
        return value + h / mu;
      };
      const steps = stage === stages - 1 ? maxSteps : warmSteps;
      const report = () => pacer.report(stage, stages, `μ ${mu.toExponential(0)}`);
      let done: number;
      if (solver === 'lbfgsb') {
        const found = await minimiseSplit({ objective: smooth, lambda1, sparse, fixed }, theta, {
          maxIterations: steps,
          onIteration: report,
        });
        theta = found.theta;
        settled = found.reason !== 'iterations';
        done = found.evaluations;
      } else {
        const found = await descend(withNorm(smooth, lambda1, fixed), theta, {
          steps,
          learningRate,
          beta1: 0.99,
          checkEvery: 1000,
          tolerance: 1e-6,
          caller: CALLER,
          report,
        });
        theta = found.theta;
        settled = found.settled;
        done = found.steps;
      }
      h = penalty(norms.weights(theta), wSlope);
      history.push({ step: stage, mu, s, loss: score(theta, unused), h, iterations: done });
    }
    await pacer.report(1, 1, 'done');
    const stopReason = h > H_TOLERANCE * d ? 'cycles' : settled ? 'converged' : 'iterations';
    return {
      ...finish(norms.weights(theta), constraints, threshold),
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

/** Adds λ₁‖θ₁‖₁ with its subgradient sign θ₁, and holds the fixed weights. */
function withNorm(smooth: Objective, lambda1: number, fixed: ArrayLike<number>): Objective {
  return (theta, gradient) => {
    let value = smooth(theta, gradient);
    for (let i = 0; i < fixed.length; i++) {
      value += lambda1 * Math.abs(theta[i]!);
      gradient[i] = fixed[i] ? 0 : gradient[i]! + lambda1 * Math.sign(theta[i]!);
    }
    return value;
  };
}
