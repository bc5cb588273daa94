import type { Matrix } from '@causal/graph';
import type * as tf from '@tensorflow/tfjs';
import { checkKeys, checkNumber } from '@causal/options';
import { checkWork, toleranceOption } from '../../checks';
import { readTable } from '../../data/table';
import { commonUnit, inUnits, LARGE } from '../../data/units';
import { resolvePriorKnowledge } from '../../prior-knowledge';
import { partOf, type LearnedInUnits, type LongWork } from '../../progress';
import {
  augmentedLagrangian,
  type AugmentedResult,
  type AugmentedSettings,
  type InnerSolver,
} from '../augmented';
import { expPenalty } from '../exp-penalty';
import { finish } from '../finish';
import { LEARNER_OPTIONS, type LearnerOptions } from '../learner-options';
import { splitSolver, type WeightsOf } from '../split-solver';
import { covariance, linearLoss, type LossName } from './losses';
import { newtonOr, proximalNewton, type LinearProblem } from './proximal-newton';
import { pastSymmetry } from './symmetry';

export interface NotearsOptions extends LearnerOptions {
  /**
   * What minimises the augmented Lagrangian: `'newton'`, the default for the l2 loss and for no other,
   * a proximal Newton method; `'lbfgsb'`, the default for the others, L-BFGS-B as in the reference.
   * They stop by the same tests and mostly find the same minima.
   */
  readonly solver?: 'newton' | 'lbfgsb';
  /**
   * Paths that are followed to a DAG, 1 or 2; the one that ends in the lower loss + λ₁‖W‖₁ is the result.
   * The objective is not convex, and which minimum a path ends in hangs on little. When ρ grows, the
   * first goes on from the last outer W, as the reference does, the second from the minimum with the
   * smaller ρ. Default 2 with `'newton'`, 1 with `'lbfgsb'`.
   */
  readonly paths?: 1 | 2;
  /** Default `'l2'`; `'logistic'` for columns of 0 and 1, `'poisson'` for counts. */
  readonly loss?: LossName;
  /**
   * L1 penalty of the weights, in the units of the data squared (l2 loss); default .1 in common units,
   * which are those of the data on ordinary data: {@link LearnedInUnits.unit}.
   */
  readonly lambda1?: number;
  /** Most outer iterations; default 100. */
  readonly maxIterations?: number;
  /** Default 1e-8. */
  readonly hTolerance?: number;
  /** Default 1e16. */
  readonly rhoMax?: number;
  /**
   * An inner minimisation ends when a step decreases it by a smaller part; default 2.2e-9, scipy's.
   * Larger is faster.
   */
  readonly innerTolerance?: number;
}

const CALLER = 'notears';

/**
 * NOTEARS, linear (Zheng et al. 2018): min loss(W) + λ₁‖W‖₁ subject to tr e^{W∘W} = d, by an
 * augmented Lagrangian, all in float64. Inside it is a proximal Newton method for the l2 loss, where the
 * reference has L-BFGS-B: {@link NotearsOptions.solver}.
 *
 * L-BFGS-B sees each weight in units of the inverse root of its curvature, which the reference does
 * not do: the minima are the same, the way there is most often a tenth as long.
 *
 * Sensitive to the scales of the columns beside each other: see `diagnose`. With the l2 loss units that
 * all share do not matter: where every column deviates by more than 30, or none by 1 and one by less than
 * .1, all are divided by one power of ten first.
 * @param x observations [n, d], n ≥ d. Not changed; centred inside for the l2 loss.
 * @returns `converged` is false where h did not fall below `hTolerance`.
 * @throws TypeError or RangeError for bad observations or options, naming row and column.
 */
export async function notears(
  x: Matrix | tf.Tensor2D,
  options: NotearsOptions = {},
): Promise<LearnedInUnits> {
  checkKeys(
    options,
    [
      ...LEARNER_OPTIONS,
      'solver',
      'paths',
      'loss',
      'lambda1',
      'maxIterations',
      'hTolerance',
      'rhoMax',
      'innerTolerance',
    ],
    CALLER,
  );
  checkWork(options, CALLER);
  const { names } = options;
  const given = readTable(x, { caller: CALLER, ...(names !== undefined && { names }) });
  const lossName = options.loss ?? 'l2';
  const unit = lossName === 'l2' ? commonUnit(given, LARGE.linear) : 1;
  const table = inUnits(given, unit, CALLER);
  const constraints = resolvePriorKnowledge(options.priorKnowledge, table.names, CALLER);
  const threshold = checkNumber(options.threshold ?? 0.3, 'threshold', CALLER, { least: 0 });
  const size = table.columns.length;
  const c = covariance(table);
  const loss = linearLoss(table, lossName, CALLER, c);
  const solver = newtonOr('lbfgsb', options.solver, lossName, CALLER, 'newton');
  const lambda1 =
    options.lambda1 === undefined
      ? 0.1
      : checkNumber(options.lambda1, 'lambda1', CALLER, { least: 0 }) / unit ** 2;
  const innerTolerance = checkNumber(options.innerTolerance ?? 2.2e-9, 'innerTolerance', CALLER, {
    least: 0,
  });
  const settings = {
    maxIterations: checkNumber(options.maxIterations ?? 100, 'maxIterations', CALLER, {
      least: 1,
      integer: true,
    }),
    hTolerance: toleranceOption(options.hTolerance ?? 1e-8, 'hTolerance', CALLER),
    rhoMax: checkNumber(options.rhoMax ?? 1e16, 'rhoMax', CALLER, { least: 1 }),
  };
  const paths = checkNumber(options.paths ?? (solver === 'newton' ? 2 : 1), 'paths', CALLER, {
    least: 1,
    most: 2,
    integer: true,
  });
  const run = (fixed: Uint8Array, work: LongWork): Promise<PricedResult> => {
    const problem = { size, loss, covariance: c, lambda1, fixed, valueTolerance: innerTolerance };
    const minimise = solver === 'newton' ? byNewton(problem) : byLbfgsb(problem);
    return bestPath(minimise, size, lambda1, { ...settings, paths }, work);
  };
  const { theta, history, h, stopReason } = await pastSymmetry(
    run,
    constraints.forbidden,
    options,
    { size, loss, lambda1 },
  );
  return {
    ...finish(theta, constraints, threshold, lossName === 'l2' ? c : undefined),
    history,
    converged: stopReason === 'converged',
    h,
    stopReason,
    unit,
  };
}

/** With loss + λ₁‖W‖₁ at its end. */
interface PricedResult extends AugmentedResult {
  readonly price: number;
}

/** The path that ends in the lower loss + λ₁‖W‖₁, of those that end in a DAG if any does. */
async function bestPath(
  minimise: InnerSolver,
  size: number,
  lambda1: number,
  { paths, ...settings }: Omit<AugmentedSettings, 'carry'> & { readonly paths: number },
  work: LongWork,
): Promise<PricedResult> {
  let best: (PricedResult & { readonly reached: number }) | undefined;
  for (let path = 0; path < paths; path++) {
    const found = await augmentedLagrangian(
      minimise,
      new Float64Array(size * size),
      { ...settings, carry: path === 1 },
      partOf(work, path, paths),
    );
    const reached = Math.max(found.h, settings.hTolerance);
    const loss = found.history.at(-1)!['loss']!;
    const price = found.theta.reduce((sum, w) => sum + lambda1 * Math.abs(w), loss);
    if (!best || reached < best.reached || (reached === best.reached && price < best.price)) {
      best = { ...found, reached, price };
    }
  }
  return best!;
}

/** The augmented Lagrangian's price of h is αh + ½ρh². */
function byNewton(problem: LinearProblem): InnerSolver {
  const newton = proximalNewton(problem);
  const penalty = expPenalty(problem.size, CALLER);
  return ({ rho, alpha }, start, onIteration) =>
    newton(
      { penalty, price: (h) => [h * (0.5 * rho * h + alpha), rho * h + alpha, rho] },
      start,
      onIteration,
    );
}

function byLbfgsb({
  size,
  loss,
  covariance: c,
  lambda1,
  fixed,
  valueTolerance,
}: LinearProblem): InnerSolver {
  // What the l2 loss bends along W[i][j]; about right, up to a factor, for the others.
  const squares = c.map((_, at) => Math.max(c[Math.floor(at / size) * (size + 1)]!, 1e-12));
  return splitSolver(
    { objective: loss, lambda1, sparse: size * size, fixed, curvature: () => squares.slice() },
    itself(size),
    valueTolerance,
    CALLER,
  );
}

/** θ is W. */
const itself = (size: number): WeightsOf => ({
  size,
  weights: (theta) => theta,
  pull: (_theta, wGradient, gradient) => {
    for (let i = 0; i < gradient.length; i++) gradient[i]! += wGradient[i]!;
  },
  spread: (onEdges, out) => {
    for (let i = 0; i < out.length; i++) out[i]! += onEdges[i]!;
  },
});
