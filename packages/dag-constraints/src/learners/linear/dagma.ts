import type { Matrix } from '@causal/graph';
import type * as tf from '@tensorflow/tfjs';
import { checkKeys } from '@causal/options';
import { checkWork, numberOption, toleranceOption } from '../../checks';
import { readTable } from '../../data/table';
import { commonUnit, inUnits, LARGE } from '../../data/units';
import { resolvePriorKnowledge } from '../../prior-knowledge';
import { Pacer, type HistoryEntry, type LearnedInUnits, type LongWork } from '../../progress';
import { finish } from '../finish';
import { LEARNER_OPTIONS, type LearnerOptions } from '../learner-options';
import { stageBarrier, stageSettings } from '../stages';
import { adamStage } from './adam-stage';
import { covariance, linearLoss } from './losses';
import { newtonOr, proximalNewton } from './proximal-newton';
import { simdRun } from './simd-run';
import { plainRun } from './stage-run';
import { pastSymmetry } from './symmetry';

export interface DagmaOptions extends LearnerOptions {
  /**
   * How a stage is solved: `'adam'`, the default, by the steps of the reference, which ends in its graphs;
   * or `'newton'`, for the l2 loss, to convergence by a proximal Newton method in a fifth to a fortieth of the
   * time: as many wrong edges over many graphs, though not always the same ones.
   */
  readonly solver?: 'adam' | 'newton';
  /** Default `'l2'`; `'logistic'` for columns of 0 and 1. */
  readonly loss?: 'l2' | 'logistic';
  /**
   * L1 penalty of the weights, in the units of the data squared (l2 loss); default .03 in common units,
   * which are those of the data on ordinary data: {@link LearnedInUnits.unit}.
   */
  readonly lambda1?: number;
  /** Stages T; default 5. */
  readonly stages?: number;
  /** μ of the first stage, default 1, and its factor from stage to stage, default .1. */
  readonly mu?: number;
  readonly muFactor?: number;
  /**
   * After the stages, more of them follow, μ falling as before, while h is larger than this: a few where
   * some columns deviate by 10 or more, for which the reference's last μ leaves cycles. Default 1e-5·d;
   * Infinity for the reference's stages alone.
   */
  readonly hTolerance?: number;
  /** s of each stage, the last one repeated; default [1, .9, .8, .7, .6]. */
  readonly s?: readonly number[];
  /** With `'adam'`: most steps of a stage, default 3e4, and of the last, default 6e4. */
  readonly warmSteps?: number;
  readonly maxSteps?: number;
  /** Adam's rate; default 3e-4. */
  readonly learningRate?: number;
  /**
   * A stage ends early when 1000 steps of Adam change its objective by at most this part, default 1e-6, or
   * one of Newton's lowers it by at most this part, default 2.2e-9.
   */
  readonly tolerance?: number;
}

const CALLER = 'dagma';
/** Stages that may be added: enough for columns in units of 10⁷ standard deviations. */
const MOST_MORE = 15;
const DEFAULTS = {
  lambda1: 0.03,
  stages: 5,
  mu: 1,
  muFactor: 0.1,
  s: [1, 0.9, 0.8, 0.7, 0.6],
  warmSteps: 3e4,
  maxSteps: 6e4,
  learningRate: 3e-4,
};
const OWN = ['solver', 'loss', 'hTolerance', 'tolerance', ...Object.keys(DEFAULTS)];

/**
 * DAGMA, linear (Bello et al. 2022): min μ(loss(W) + λ₁‖W‖₁) + h(W), h the log-det penalty, along
 * μ → 0, by Adam as in the reference or by a proximal Newton method, all in float64 and starting from 0:
 * no random numbers.
 *
 * Sensitive to the scales of the columns beside each other: see `diagnose`. With the l2 loss units that
 * all share do not matter: where every column deviates by more than 30, or none by 1 and one by less than
 * .1, all are divided by one power of ten first.
 * @param x observations [n, d], n ≥ d. Not changed; centred inside for the l2 loss.
 * @returns `converged` is false where the last stage used up its steps, or h stayed above `hTolerance`.
 * @throws TypeError or RangeError for bad observations or options, naming row and column.
 */
export async function dagma(
  x: Matrix | tf.Tensor2D,
  options: DagmaOptions = {},
): Promise<LearnedInUnits> {
  checkKeys(options, [...LEARNER_OPTIONS, ...OWN], CALLER);
  checkWork(options, CALLER);
  const { names } = options;
  const given = readTable(x, { caller: CALLER, ...(names !== undefined && { names }) });
  const lossName = options.loss ?? 'l2';
  const unit = lossName === 'l2' ? commonUnit(given, LARGE.linear) : 1;
  const table = inUnits(given, unit, CALLER);
  const constraints = resolvePriorKnowledge(options.priorKnowledge, table.names, CALLER);
  const number = numberOption(CALLER);
  const threshold = number(options.threshold ?? 0.3, 'threshold');
  const { stages, muFactor, warmSteps, maxSteps, learningRate, ...first } = stageSettings(
    options,
    DEFAULTS,
    CALLER,
  );
  const lambda1 = options.lambda1 === undefined ? first.lambda1 : first.lambda1 / unit ** 2;
  const solver = newtonOr('adam', options.solver, lossName, CALLER);
  const tolerance = number(options.tolerance ?? (solver === 'adam' ? 1e-6 : 2.2e-9), 'tolerance');
  const products = lossName === 'l2' ? covariance(table) : undefined;
  const loss = linearLoss(table, lossName, CALLER, products);
  const d = table.columns.length;
  const hTolerance = toleranceOption(options.hTolerance ?? 1e-5 * d, 'hTolerance', CALLER);
  // Self-loops are free until the end, as in the reference: h drives them to 0 as μ falls, and on
  // the way they take up variance that would otherwise go to wrong edges (`finish` removes them).
  const free = constraints.forbidden.map((v, at) => (at % (d + 1) === 0 ? 0 : v));
  const last = muFactor < 1 ? stages + MOST_MORE : stages;
  const run = async (forbidden: Uint8Array, work: LongWork) => {
    const pacer = new Pacer(work);
    const history: HistoryEntry[] = [];
    const unused = new Float64Array(d * d);
    const newton =
      solver === 'newton' && products
        ? proximalNewton({
            size: d,
            loss,
            covariance: products,
            lambda1,
            fixed: forbidden,
            valueTolerance: tolerance,
          })
        : undefined;
    let w: Float64Array = new Float64Array(d * d);
    let mu = first.mu;
    let h = Infinity;
    let settled = false;
    for (
      let stage = 0;
      stage < stages || (h > hTolerance && stage < last);
      stage++, mu *= muFactor
    ) {
      const { s, penalty } = stageBarrier(d, first.s, stage, w);
      const report = (): Promise<void> | undefined =>
        pacer.report(stage, Math.max(stages, stage + 1), `μ ${mu.toExponential(0)}`);
      let ended: { iterations: number; settled: boolean };
      if (newton) {
        const pull = 1 / mu;
        const found = await newton({ penalty, price: (h) => [pull * h, pull, 0] }, w, report);
        w = found.theta;
        ended = found;
      } else {
        const problem = { size: d, mu, lambda1, s, forbidden, learningRate };
        const adam =
          (products && simdRun(problem, products, w)) ?? plainRun(problem, loss, penalty.value, w);
        const steps = stage >= stages - 1 ? maxSteps : warmSteps;
        ended = await adamStage(adam, { steps, tolerance, report });
        w = adam.weights();
      }
      h = penalty.value(w, unused);
      settled = ended.settled;
      const { iterations } = ended;
      history.push({ step: stage, mu, s, loss: loss(w, unused), h, iterations });
    }
    await pacer.report(1, 1, 'done');
    const price = w.reduce((sum, v) => sum + lambda1 * Math.abs(v), history.at(-1)!['loss']!);
    return { theta: w, price, history, h, settled };
  };
  const { theta, history, h, settled } = await pastSymmetry(run, free, options, {
    size: d,
    loss,
    lambda1,
  });
  const stopReason = !(h <= hTolerance) ? 'cycles' : settled ? 'converged' : 'iterations';
  return {
    ...finish(theta, constraints, threshold, products),
    history,
    converged: stopReason === 'converged',
    h,
    stopReason,
    unit,
  };
}
