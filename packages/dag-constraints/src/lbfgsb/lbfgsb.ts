import { checkKeys, OptionsError, show } from '@causal/options';
import { numberOption } from '../checks';
import { CauchySearch, type Bounds } from './cauchy';
import { Curvature } from './curvature';
import { FreeGram } from './free-gram';
import { lineSearch, type LinePoint } from './line-search';
import { subspaceMinimum } from './subspace';

/** The objective's value at x; writes its gradient. NaN or Infinity: x is outside the domain. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface LbfgsbOptions {
  /** Bounds of each variable; default −∞ and ∞. */
  readonly lower?: ArrayLike<number>;
  readonly upper?: ArrayLike<number>;
  /** Steps remembered; default 10. */
  readonly memory?: number;
  /** Default 15000. */
  readonly maxIterations?: number;
  /** Stops when no component of the projected gradient is larger; default 1e-5. */
  readonly gradientTolerance?: number;
  /** Stops when the relative decrease of a step is smaller; default 2.2e-9. */
  readonly valueTolerance?: number;
  /** Called after each iteration; awaited if it gives a promise, stops the search if it throws. */
  readonly onIteration?: (iteration: number, value: number) => Promise<void> | undefined;
}

export interface LbfgsbResult {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly evaluations: number;
  /** Why it stopped. */
  readonly reason: 'gradient' | 'value' | 'iterations' | 'line-search';
}

/**
 * L-BFGS-B: minimises a smooth function of many variables within bounds (Byrd, Lu, Nocedal & Zhu
 * 1995), with the defaults of scipy's.
 * @param objective deterministic; see {@link Objective}.
 * @param start moved into the bounds; not changed.
 * @throws RangeError if a lower bound is above its upper one, or the objective is not finite at the
 * start.
 */
export async function lbfgsb(
  objective: Objective,
  start: ArrayLike<number>,
  options: LbfgsbOptions = {},
): Promise<LbfgsbResult> {
  const { maxIterations, gradientTolerance, valueTolerance, memory } = readOptions(options);
  if (typeof objective !== 'function') {
    throw new OptionsError('lbfgsb', [`\`objective\` must be a function, got ${show(objective)}.`]);
  }
  const numbers = Array.isArray(start) || ArrayBuffer.isView(start);
  const bad = numbers ? Array.from(start).findIndex((v) => !Number.isFinite(v)) : -1;
  if (!numbers || bad >= 0) {
    throw new OptionsError('lbfgsb', [
      `\`start\` must hold finite numbers, got ${bad >= 0 ? `${show(start[bad])} at ${bad}` : show(start)}.`,
    ]);
  }
  const n = start.length;
  const bounds = readBounds(options, n);
  let x: Float64Array = Float64Array.from(start, (v, i) =>
    clamp(v, bounds.lower[i]!, bounds.upper[i]!),
  );
  let gradient: Float64Array = new Float64Array(n);
  let value = objective(x, gradient);
  if (!Number.isFinite(value)) {
    throw new RangeError(
      `lbfgsb: the objective is ${value} at the start; it must be finite there.`,
    );
  }
  let evaluations = 1;
  const curvature = new Curvature(n, memory);
  const gram = new FreeGram(n, curvature);
  const cauchy = new CauchySearch(n, curvature.columns);
  const direction = new Float64Array(n);
  const change = new Float64Array(n);
  const moving = new Int32Array(n);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const done = (reason: LbfgsbResult['reason']): LbfgsbResult => ({
      x,
      value,
      iterations: iteration,
      evaluations,
      reason,
    });
    if (projectedGradient(x, gradient, bounds) <= gradientTolerance) return done('gradient');
    const target = cauchy.find(x, gradient, bounds, curvature);
    subspaceMinimum(x, gradient, target, bounds, curvature, gram);
    let count = 0; // most variables stay at their bound
    let slope = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      const v = target.point[i]! - x[i]!;
      direction[i] = v;
      if (v === 0) continue;
      moving[count++] = i;
      slope += v * gradient[i]!;
      square += v * v;
    }
    let best: { at: number; x: Float64Array; gradient: Float64Array } | undefined;
    const from = x;
    const evaluate = (step: number): LinePoint => {
      const trial = from.slice();
      for (let m = 0; m < count; m++) {
        const i = moving[m]!;
        trial[i] = clamp(from[i]! + step * direction[i]!, bounds.lower[i]!, bounds.upper[i]!);
      }
      const g = new Float64Array(n);
      const f = objective(trial, g);
      evaluations++;
      best = { at: step, x: trial, gradient: g };
      let along = 0;
      for (let m = 0; m < count; m++) along += g[moving[m]!]! * direction[moving[m]!]!;
      return { step, value: f, slope: along };
    };
    const first = curvature.empty ? Math.min(1, 1 / Math.sqrt(square)) : 1;
    const found =
      slope < 0
        ? lineSearch(
            evaluate,
            { step: 0, value, slope },
            first,
            furthest(x, direction, moving.subarray(0, count), bounds),
          )
        : undefined;
    if (!found) {
      if (curvature.empty) return done('line-search');
      curvature.forget(); // a bad model: once more from steepest descent
      continue;
    }
    if (best!.at !== found.step) evaluate(found.step);
    const { x: to, gradient: slopes } = best!;
    for (let i = 0; i < n; i++) {
      direction[i] = to[i]! - x[i]!;
      change[i] = slopes[i]! - gradient[i]!;
    }
    curvature.update(direction, change);
    const decrease = value - found.value;
    const scale = Math.max(Math.abs(value), Math.abs(found.value), 1);
    x = to;
    gradient = slopes;
    value = found.value;
    const pause = options.onIteration?.(iteration, value);
    if (pause) await pause;
    if (decrease <= valueTolerance * scale) return done('value');
  }
  return { x, value, iterations: maxIterations, evaluations, reason: 'iterations' };
}

function readOptions(options: LbfgsbOptions) {
  const known = [
    'lower',
    'upper',
    'memory',
    'maxIterations',
    'gradientTolerance',
    'valueTolerance',
    'onIteration',
  ] as const satisfies readonly (keyof LbfgsbOptions)[];
  checkKeys(options, known, 'lbfgsb');
  const number = numberOption('lbfgsb');
  return {
    maxIterations: number(options.maxIterations ?? 15000, 'maxIterations', 0, true),
    gradientTolerance: number(options.gradientTolerance ?? 1e-5, 'gradientTolerance'),
    valueTolerance: number(options.valueTolerance ?? 2.2e-9, 'valueTolerance'),
    memory: number(options.memory ?? 10, 'memory', 1, true),
  };
}

function readBounds(options: LbfgsbOptions, n: number): Bounds {
  const lower = options.lower
    ? Float64Array.from(options.lower)
    : new Float64Array(n).fill(-Infinity);
  const upper = options.upper
    ? Float64Array.from(options.upper)
    : new Float64Array(n).fill(Infinity);
  if (lower.length !== n || upper.length !== n) {
    throw new RangeError(
      `lbfgsb: ${n} variables, but ${lower.length} lower and ${upper.length} upper bounds.`,
    );
  }
  const crossed = lower.findIndex((low, i) => !(low <= upper[i]!));
  if (crossed >= 0) {
    throw new RangeError(
      `lbfgsb: variable ${crossed} has bounds [${lower[crossed]}, ${upper[crossed]}].`,
    );
  }
  return { lower, upper };
}

/** Moves a value into its bounds; what is within rounding of a bound is put on it. */
function clamp(value: number, lower: number, upper: number): number {
  const slack = 1e-15 * Math.max(1, Math.abs(value));
  if (value - lower <= slack) return lower;
  return upper - value <= slack ? upper : value;
}

/** Largest component of x − P(x − g): 0 exactly at a point that satisfies the KKT conditions. */
function projectedGradient(x: Float64Array, g: Float64Array, { lower, upper }: Bounds): number {
  let largest = 0;
  for (let i = 0; i < x.length; i++) {
    const moved = Math.min(Math.max(x[i]! - g[i]!, lower[i]!), upper[i]!);
    largest = Math.max(largest, Math.abs(moved - x[i]!));
  }
  return largest;
}

/** The longest feasible step; the target itself (step 1) is feasible. */
function furthest(
  x: Float64Array,
  direction: Float64Array,
  moving: Int32Array,
  { lower, upper }: Bounds,
): number {
  let most = 1e10;
  for (const i of moving) {
    const v = direction[i]!;
    const room = ((v > 0 ? upper[i]! : lower[i]!) - x[i]!) / v;
    if (room < most) most = room;
  }
  return Math.max(most, 1);
}
