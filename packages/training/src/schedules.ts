import { checkKeys, checkNumber } from '@causal/options';

/**
 * The learning rate at step `step` (0 for the first) of `steps`, as a factor of the rate that the
 * options give.
 */
export type Schedule = (step: number, steps: number) => number;

export interface OneCycleOptions {
  /** Part of the run in which the rate rises, in [0, 1). Default 0.1. */
  readonly warmUp?: number;
  /** The first rate is the highest divided by this, ≥ 1. Default 25. */
  readonly divFactor?: number;
  /** The last rate is the first divided by this, ≥ 1. Default 1e4. */
  readonly finalDivFactor?: number;
}

/** From `from` to `to` along half a cosine, as `part` goes from 0 to 1. */
const anneal = (from: number, to: number, part: number): number =>
  to + ((from - to) / 2) * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, part))));

/**
 * One cycle (Smith & Topin 2017), step for step as PyTorch's `OneCycleLR` with cosine annealing:
 * from 1/divFactor up to 1, then down to 1/(divFactor·finalDivFactor).
 */
export function oneCycle(options: OneCycleOptions = {}): Schedule {
  checkKeys(options, ['warmUp', 'divFactor', 'finalDivFactor'], 'oneCycle');
  const { warmUp = 0.1, divFactor = 25, finalDivFactor = 1e4 } = options;
  checkNumber(warmUp, 'warmUp', 'oneCycle', { least: 0, below: 1 });
  checkNumber(divFactor, 'divFactor', 'oneCycle', { least: 1 });
  checkNumber(finalDivFactor, 'finalDivFactor', 'oneCycle', { least: 1 });
  const first = 1 / divFactor;
  return (step, steps) => {
    const top = warmUp * steps - 1;
    if (step <= top) return anneal(first, 1, top > 0 ? step / top : 1);
    return anneal(1, first / finalDivFactor, (step - top) / (steps - 1 - top));
  };
}

/** Always the rate itself. */
export const constant: Schedule = () => 1;

export interface CosineOptions {
  /** Part of the run in which the rate rises linearly, in [0, 1). Default 0. */
  readonly warmUp?: number;
  /** The last rate, as a part of the highest, in [0, 1]. Default 0. */
  readonly floor?: number;
}

/**
 * Half a cosine from 1 down to `floor` (Loshchilov & Hutter 2017, without restarts), after a linear
 * rise over the first `warmUp` part of the run.
 */
export function cosine(options: CosineOptions = {}): Schedule {
  checkKeys(options, ['warmUp', 'floor'], 'cosine');
  const { warmUp = 0, floor = 0 } = options;
  checkNumber(warmUp, 'warmUp', 'cosine', { least: 0, below: 1 });
  checkNumber(floor, 'floor', 'cosine', { least: 0, most: 1 });
  return (step, steps) => {
    const rise = Math.round(warmUp * steps);
    if (step < rise) return (step + 1) / (rise + 1);
    return anneal(1, floor, (step - rise) / Math.max(1, steps - 1 - rise));
  };
}

export interface StepDecayOptions {
  /** Steps between two changes, ≥ 1. */
  readonly every: number;
  /** What the rate is multiplied by at each, > 0. Default 0.1. */
  readonly factor?: number;
}

/** Multiplies the rate by `factor` every `every` steps. */
export function stepDecay(options: StepDecayOptions): Schedule {
  checkKeys(options, ['every', 'factor'], 'stepDecay');
  const { every, factor = 0.1 } = options;
  checkNumber(every, 'every', 'stepDecay', { least: 1, integer: true });
  checkNumber(factor, 'factor', 'stepDecay', { above: 0 });
  return (step) => factor ** Math.floor(step / every);
}

/** Rises linearly over the first `steps` steps, then follows `after` (counted from there). */
export function warmUp(steps: number, after: Schedule = constant): Schedule {
  checkNumber(steps, 'steps', 'warmUp', { least: 0, integer: true });
  return (step, all) =>
    step < steps ? (step + 1) / (steps + 1) : after(step - steps, all - steps);
}
