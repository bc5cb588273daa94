import { checkChoice, checkKeys, checkNumber } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { notNegative } from '../batch';
import { differentiable, type ValueAndGradients } from '../differentiable';
import { checkCount, checkPositive, checkSamePoints, checkSample } from '../inputs';
import { exponents, type TransportCost } from './cost';
import { extrapolate, solvePotentials, type Potentials, type Setting } from './solver';

export interface TransportOptions {
  /** Strength of the entropy, in units of the cost, > 0. */
  readonly epsilon: number;
  /** `'squared-euclidean'` (default): ‖x−y‖², or `'euclidean'`: ‖x−y‖. */
  readonly cost?: TransportCost;
  /**
   * Mean relative error of the plan's row sums to stop at. Default 1e-3, and never less than float32
   * can tell apart, 3e-7 of the largest cost over ε.
   */
  readonly tolerance?: number;
  /** Iterations at the given ε before stopping all the same. Default 1,000. */
  readonly maxIterations?: number;
  /** Factor from one ε to the next while scaling down from the largest cost, in (0, 1). Default 1/4. */
  readonly scaling?: number;
  /**
   * Rows of a tile. Default: whole matrices up to 2²⁴ entries (fast scaling iterations), tiles of
   * 1,024 from there on, whose memory does not grow with n·m.
   */
  readonly blockSize?: number;
}

const KNOWN = ['epsilon', 'cost', 'tolerance', 'maxIterations', 'scaling', 'blockSize'];

const DENSE_ENTRIES = 1 << 24;
const TILE_ROWS = 1024;

/**
 * Debiased Sinkhorn divergence OT_ε(x, y) − ½ OT_ε(x, x) − ½ OT_ε(y, y) (Feydy et al. 2019) between
 * uniform masses on the rows, entropy relative to the product of the marginals, with gradients to
 * both by the envelope theorem. ≥ 0, and exactly 0 between equal samples: what the three problems' own
 * tolerances would leave below 0 is 0. Between W (ε → 0) and an MMD (ε → ∞).
 *
 * Convergence is watched on the host, so it reads numbers back while it runs: not for WebGPU.
 * geomloss's `SamplesLoss('sinkhorn', p=2, blur=b)` is half of this at ε = 2b².
 *
 * @param x Sample [n, p]. @param y Sample [m, p].
 * @throws If shapes or options do not fit, or ε is so small beside the data's spread (under 1e-6 of
 * the largest cost) that float32 could not tell costs apart.
 */
export function sinkhornDivergence(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  options: TransportOptions,
): tf.Scalar {
  check(x, y, options, 'sinkhornDivergence');
  return differentiable([x, y], (inputs, wantsGradients) => {
    const problem = problemOf(inputs as tf.Tensor2D[], options, 'sinkhornDivergence');
    if (areEqual(inputs as tf.Tensor2D[])) {
      const gradients = wantsGradients ? { gradients: inputs.map((z) => tf.zerosLike(z)) } : {};
      return { value: tf.scalar(0), ...gradients };
    }
    const between = transport(problem.x, problem.y, false, problem.setting, wantsGradients);
    const self = [problem.x, problem.y].map((z) =>
      transport(z, z, true, problem.setting, wantsGradients),
    );
    const value = notNegative(
      tf.mul(
        tf.sub(between.value, tf.mul(tf.add(self[0]!.value, self[1]!.value), 0.5)),
        problem.costUnit,
      ) as tf.Scalar,
    );
    if (!wantsGradients) return { value };
    const gradients = between.gradients!.map((gradient, v) =>
      // Both arguments of OT(x, x) move with x: twice the one-sided gradient, of which half counts.
      tf.mul(tf.sub(gradient, self[v]!.gradients![0]!), problem.gradientUnit),
    );
    return { value, gradients };
  });
}

/**
 * Entropic optimal transport OT_ε = min ⟨P, C⟩ + ε KL(P ‖ a⊗b) between uniform masses on the rows of
 * x and y, with gradients to both by the envelope theorem (POT: `ot.solve(…, reg_type='KL').value`).
 * Not 0 between equal samples: see {@link sinkhornDivergence}. The solution itself comes from
 * {@link solveEntropicOT}.
 */
export function entropicOT(x: tf.Tensor2D, y: tf.Tensor2D, options: TransportOptions): tf.Scalar {
  check(x, y, options, 'entropicOT');
  return differentiable([x, y], (inputs, wantsGradients) => {
    const problem = problemOf(inputs as tf.Tensor2D[], options, 'entropicOT');
    const found = transport(problem.x, problem.y, false, problem.setting, wantsGradients);
    return {
      value: tf.mul(found.value, problem.costUnit),
      ...(found.gradients
        ? { gradients: found.gradients.map((g) => tf.mul(g, problem.gradientUnit)) }
        : {}),
    };
  });
}

/** A solved transport problem. Holds tensors: call {@link TransportSolution.dispose}. */
export interface TransportSolution {
  /** OT_ε. */
  readonly value: number;
  /** Dual potentials, [n] and [m], in units of the cost; determined up to f + c, g − c. */
  readonly potentials: { readonly f: tf.Tensor1D; readonly g: tf.Tensor1D };
  /** Iterations at the given ε, the mean relative error of the row sums, and whether it is small. */
  readonly iterations: number;
  readonly marginalError: number;
  readonly converged: boolean;
  /** The plan P [n, m], computed when asked; its rows sum to 1/n. The caller disposes it. */
  plan(): tf.Tensor2D;
  dispose(): void;
}

/** Solves the problem of {@link entropicOT} and gives value, potentials and, on demand, the plan. */
export function solveEntropicOT(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  options: TransportOptions,
): TransportSolution {
  check(x, y, options, 'solveEntropicOT');
  const { setting, costUnit, x: px, y: py } = problemOf([x, y], options, 'solveEntropicOT');
  const { f: found, g, iterations, marginalError } = solvePotentials(px, py, false, setting);
  const { potential: f } = extrapolate(px, py, found, g, setting, false);
  found.dispose();
  const value = tf.tidy(() => dualValue(f, g).dataSync()[0]!) * costUnit;
  const [outsideF, outsideG] = [f, g].map((potential) =>
    tf.tidy(() => tf.reshape(tf.mul(potential, costUnit), [-1]) as tf.Tensor1D),
  ) as [tf.Tensor1D, tf.Tensor1D];
  return {
    value,
    iterations,
    marginalError,
    converged: marginalError <= setting.tolerance,
    potentials: { f: outsideF, g: outsideG },
    plan: () =>
      tf.tidy(() => {
        const a = { points: px, potential: f };
        const b = { points: py, potential: g };
        const e = exponents(a, b, setting.epsilon, setting.cost);
        return tf.mul(tf.exp(e), 1 / (x.shape[0] * y.shape[0])) as tf.Tensor2D;
      }),
    dispose: () => {
      tf.dispose([px, py, f, g, outsideF, outsideG]);
    },
  };
}

/** Whether both samples are the same rows in the same order. */
function areEqual([x, y]: readonly tf.Tensor2D[]): boolean {
  if (x!.shape[0] !== y!.shape[0]) return false;
  return tf.tidy(() => tf.all(tf.equal(x!, y!)).dataSync()[0] === 1);
}

function check(x: tf.Tensor2D, y: tf.Tensor2D, options: TransportOptions, caller: string): void {
  checkKeys(options === undefined ? {} : options, KNOWN, caller);
  checkSample(x, 'x', caller);
  checkSample(y, 'y', caller);
  checkSamePoints(x, y, caller);
  const { epsilon, cost, tolerance, maxIterations, scaling, blockSize } = options ?? {};
  checkPositive(epsilon, 'epsilon', caller);
  if (cost !== undefined) checkChoice(cost, ['squared-euclidean', 'euclidean'], 'cost', caller);
  if (tolerance !== undefined) checkPositive(tolerance, 'tolerance', caller);
  if (maxIterations !== undefined) checkCount(maxIterations, 'maxIterations', caller);
  if (blockSize !== undefined) checkCount(blockSize, 'blockSize', caller);
  if (scaling !== undefined) checkNumber(scaling, 'scaling', caller, { above: 0, below: 1 });
}

interface Problem {
  readonly x: tf.Tensor2D;
  readonly y: tf.Tensor2D;
  readonly setting: Setting;
  /** What a cost in the problem's unit is in the caller's. */
  readonly costUnit: number;
  readonly gradientUnit: number;
}

/** The points centred and measured by their spread, so that costs are of order 1 in float32. */
function problemOf(
  samples: readonly tf.Tensor2D[],
  { epsilon, cost = 'squared-euclidean', ...options }: TransportOptions,
  caller: string,
): Problem {
  const [n, m] = samples.map((sample) => sample.shape[0]) as [number, number];
  const bounds = tf.tidy(() => {
    const pooled = tf.concat([...samples], 0);
    // 0 times anything but a finite number is NaN, which min and max may skip.
    const zeros = tf.sum(tf.mul(pooled, 0), 0);
    return tf.stack([tf.min(pooled, 0), tf.add(tf.max(pooled, 0), zeros)]) as tf.Tensor2D;
  });
  const [low, high] = bounds.arraySync() as [number[], number[]];
  bounds.dispose();
  const widths = low.map((value, c) => high[c]! - value);
  const spread = Math.max(...widths) || 1;
  if (!widths.every(Number.isFinite)) {
    throw new RangeError(`${caller}: x or y holds a number that is not finite.`);
  }
  const power = cost === 'euclidean' ? 1 : 2;
  const costUnit = spread ** power;
  if (costUnit > 1e37) {
    throw new RangeError(
      `${caller}: the points are up to ${spread.toPrecision(3)} apart, and squares of that leave float32; rescale them.`,
    );
  }
  const squared = widths.reduce((sum, width) => sum + (width / spread) ** 2, 0);
  const largestCost = squared ** (power / 2);
  if (epsilon / costUnit < 1e-6 * largestCost) {
    throw new RangeError(
      `${caller}: epsilon ${epsilon} is under 1e-6 of the largest cost ${(largestCost * costUnit).toPrecision(3)}: float32 cannot resolve it. Take a larger epsilon.`,
    );
  }
  const centre = low.map((value, c) => value + widths[c]! / 2);
  const [x, y] = samples.map((sample) =>
    tf.tidy(() => tf.div(tf.sub(sample, tf.tensor1d(centre)), spread)),
  ) as [tf.Tensor2D, tf.Tensor2D];
  const largest = Math.max(n * m, n * n, m * m);
  // From 10⁶ costs on the entropy decides alone; more would only overflow.
  const scaled = Math.min(epsilon / costUnit, 1e6 * (largestCost || 1));
  return {
    x,
    y,
    costUnit,
    gradientUnit: spread ** (power - 1),
    setting: {
      cost,
      epsilon: scaled,
      largestCost,
      shrink: options.scaling ?? 0.25,
      // Exponents (f + g − C)/ε are only this exact in float32, and so are row sums.
      tolerance: Math.max(options.tolerance ?? 1e-3, (3e-7 * largestCost) / scaled, 1e-6),
      maxIterations: options.maxIterations ?? 1000,
      blockSize: options.blockSize ?? (largest > DENSE_ENTRIES ? TILE_ROWS : undefined),
    },
  };
}

/** With the rows just put right the plan has mass 1, and the dual value is mean f + mean g. */
const dualValue = (f: tf.Tensor2D, g: tf.Tensor2D): tf.Scalar =>
  tf.tidy(() => tf.add(tf.mean(f), tf.mean(g)) as tf.Scalar);

/** OT_ε and its gradients in the problem's unit; of a symmetric problem the one-sided gradient. */
function transport(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  same: boolean,
  setting: Setting,
  wantsGradients: boolean,
): ValueAndGradients {
  const { f, g }: Potentials = solvePotentials(x, y, same, setting);
  const left = extrapolate(x, y, f, g, setting, wantsGradients);
  if (same) {
    const value = dualValue(left.potential, f);
    return { value, ...(left.gradient ? { gradients: [left.gradient] } : {}) };
  }
  const right = extrapolate(y, x, g, f, setting, wantsGradients);
  // Either update alone gives a valid dual pair; their mean treats x and y alike.
  const value = tf.mul(
    tf.add(dualValue(left.potential, g), dualValue(right.potential, f)),
    0.5,
  ) as tf.Scalar;
  if (!wantsGradients) return { value };
  return { value, gradients: [left.gradient!, right.gradient!] };
}
