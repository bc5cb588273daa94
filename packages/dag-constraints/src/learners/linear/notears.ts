import type { Matrix } from '@causal/graph';
import type * as tf from '@tensorflow/tfjs';
import { readTable } from '../../data/table';
import { checkKeys, checkNumber } from '../../options';
import { resolvePriorKnowledge } from '../../prior-knowledge';
import type { LearnedGraph } from '../../progress';
import { augmentedLagrangian, type WeightsOf } from '../augmented';
import { finish } from '../finish';
import { LEARNER_OPTIONS, type LearnerOptions } from '../learner-options';
import { covariance, linearLoss, type LossName } from './losses';

export interface NotearsOptions extends LearnerOptions {
  /** Default `'l2'`; `'logistic'` for columns of 0 and 1, `'poisson'` for counts. */
  readonly loss?: LossName;
  /** L1 penalty of the weights; default .1. */
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
 * augmented Lagrangian with L-BFGS-B inside, all in float64.
 *
 * L-BFGS-B sees each weight in units of the inverse root of its curvature, which the reference does
 * not do: the minima are the same, the way there is most often a tenth as long.
 *
 * Sensitive to the scale of the columns: see `diagnose`.
 * @param x observations [n, d], n ≥ d. Not changed; centred inside for the l2 loss.
 * @throws TypeError or RangeError for bad observations or options, naming row and column.
 */
export async function notears(
  x: Matrix | tf.Tensor2D,
  options: NotearsOptions = {},
): Promise<LearnedGraph> {
  checkKeys(
    options,
    [
      ...LEARNER_OPTIONS,
      'loss',
      'lambda1',
      'maxIterations',
      'hTolerance',
      'rhoMax',
      'innerTolerance',
    ],
    CALLER,
  );
  const table = readTable(x, { caller: CALLER, ...(options.names && { names: options.names }) });
  const constraints = resolvePriorKnowledge(options.priorKnowledge, table.names, CALLER);
  const threshold = checkNumber(options.threshold ?? 0.3, 'threshold', CALLER, { least: 0 });
  const size = table.columns.length;
  // What the l2 loss bends along W[i][j]; about right, up to a factor, for the others.
  const c = covariance(table);
  const squares = c.map((_, at) => Math.max(c[Math.floor(at / size) * (size + 1)]!, 1e-12));
  const loss = linearLoss(table, options.loss ?? 'l2', CALLER, c);
  const { theta, history } = await augmentedLagrangian(
    {
      objective: loss,
      lambda1: checkNumber(options.lambda1 ?? 0.1, 'lambda1', CALLER, { least: 0 }),
      sparse: size * size,
      fixed: constraints.forbidden,
      curvature: () => Float64Array.from(squares),
    },
    itself(size),
    new Float64Array(size * size),
    {
      maxIterations: checkNumber(options.maxIterations ?? 100, 'maxIterations', CALLER, {
        least: 1,
        integer: true,
      }),
      hTolerance: checkNumber(options.hTolerance ?? 1e-8, 'hTolerance', CALLER, { least: 0 }),
      rhoMax: checkNumber(options.rhoMax ?? 1e16, 'rhoMax', CALLER, { least: 1 }),
      innerTolerance: checkNumber(options.innerTolerance ?? 2.2e-9, 'innerTolerance', CALLER, {
        least: 0,
      }),
    },
    options,
    CALLER,
  );
  return { ...finish(theta, constraints, threshold), history };
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
