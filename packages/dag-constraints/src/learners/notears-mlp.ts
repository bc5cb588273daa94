import type { Matrix } from '@causal/graph';
import type * as tf from '@tensorflow/tfjs';
import { numberOption, toleranceOption } from '../checks';
import type { LearnedInUnits } from '../progress';
import { augmentedLagrangian } from './augmented';
import { finish } from './finish';
import { edgeNorms, firstLayerSize, initialParameters, perFirstWeight } from './mlp/network';
import { checkMlpOptions, setUpMlp, type MlpOptions } from './mlp/setup';
import { addWeightDecay } from './mlp/weight-decay';
import { splitSolver } from './split-solver';

export interface NotearsMlpOptions extends MlpOptions {
  /** Units of each hidden layer; default [10]. */
  readonly hidden?: readonly number[];
  /** Default `'host'`: L-BFGS-B follows differences that float32 does not have. */
  readonly compute?: 'engine' | 'host';
  /** L1 penalty of the first layer's weights; default .01. */
  readonly lambda1?: number;
  /** Squared L2 penalty of all weights (not of biases); default .01. */
  readonly lambda2?: number;
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

const CALLER = 'notearsMlp';
const OWN = ['lambda1', 'lambda2', 'maxIterations', 'hTolerance', 'rhoMax', 'innerTolerance'];

/**
 * NOTEARS with a network per variable (Zheng et al. 2020): xⱼ ≈ fⱼ(x), W[i][j] the norm of the
 * weights from xᵢ into fⱼ's first layer; min ½n⁻¹ Σ‖xⱼ − fⱼ(x)‖² + λ₁‖θ₁‖₁ + ½λ₂‖θ‖² subject to
 * tr e^{W∘W} = d, by an augmented Lagrangian with L-BFGS-B inside. Sigmoid units.
 *
 * Sensitive to the scales of the columns beside each other: see `diagnose`. All settings count in common
 * units: {@link LearnedInUnits.unit}.
 * @param x observations [n, d], n ≥ d. Not changed.
 * @returns `weights`: W. `converged` is false where h did not fall below `hTolerance`.
 * @throws TypeError or RangeError for bad observations or options, naming row and column.
 */
export async function notearsMlp(
  x: Matrix | tf.Tensor2D,
  options: NotearsMlpOptions = {},
): Promise<LearnedInUnits> {
  checkMlpOptions(options, OWN, CALLER);
  const number = numberOption(CALLER);
  const threshold = number(options.threshold ?? 0.3, 'threshold');
  const lambda1 = number(options.lambda1 ?? 0.01, 'lambda1');
  const lambda2 = number(options.lambda2 ?? 0.01, 'lambda2');
  const settings = {
    maxIterations: number(options.maxIterations ?? 100, 'maxIterations', 1, true),
    hTolerance: toleranceOption(options.hTolerance ?? 1e-8, 'hTolerance', CALLER),
    rhoMax: number(options.rhoMax ?? 1e16, 'rhoMax', 1),
  };
  const innerTolerance = number(options.innerTolerance ?? 2.2e-9, 'innerTolerance');
  const { shape, rows, constraints, squares, rng, unit } = setUpMlp(x, options, {
    caller: CALLER,
    hidden: [10],
    compute: 'host',
    activation: 'sigmoid',
  });
  try {
    const norms = edgeNorms(shape);
    const minimise = splitSolver(
      {
        objective: (at, gradient) => {
          const loss = squares.at(at, gradient) / rows;
          for (let i = 0; i < gradient.length; i++) gradient[i]! /= rows;
          return loss + addWeightDecay(shape, at, lambda2, gradient);
        },
        lambda1,
        sparse: firstLayerSize(shape),
        fixed: perFirstWeight(shape, constraints.forbidden),
      },
      norms,
      innerTolerance,
      CALLER,
    );
    const start = initialParameters(shape, rng, constraints.forbidden);
    const { theta, history, h, stopReason } = await augmentedLagrangian(
      minimise,
      start,
      settings,
      options,
    );
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
