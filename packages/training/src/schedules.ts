/**
 * The learning rate at step `step` (0 for the first) of `steps`, as a factor of the rate that the
 * options give.
 */
export type Schedule = (step: number, steps: number) => number;

export interface OneCycleOptions {
  /** Part of the run in which the rate rises, in [0, 1). Default 0.1. */
  readonly warmUp?: number;
  /** The first rate is the highest divided by this. Default 25. */
  readonly divFactor?: number;
  /** The last rate is the first divided by this. Default 1e4. */
  readonly finalDivFactor?: number;
}

/** From `from` to `to` along half a cosine, as `part` goes from 0 to 1. */
const anneal = (from: number, to: number, part: number): number =>
  to + ((from - to) / 2) * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, part))));

function checkPart(where: string, name: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`${where}: ${name} is a part of the run, in [0, 1); got ${value}.`);
  }
}

/**
 * One cycle (Smith & Topin 2017), step for step as PyTorch's `OneCycleLR` with cosine annealing:
 * from 1/divFactor up to 1, then down to 1/(divFactor·finalDivFactor).
 */
export function oneCycle(options: OneCycleOptions = {}): Schedule {
  const { warmUp = 0.1, divFactor = 25, finalDivFactor = 1e4 } = options;
  checkPart('oneCycle', 'warmUp', warmUp);
  const first = 1 / divFactor;
  return (step, steps) => {
    const top = warmUp * steps - 1;
    if (step <= top) return anneal(first, 1, top > 0 ? step / top : 1);
    return anneal(1, first / finalDivFactor, (step - top) / (steps - 1 - top));
  };
}

/** Always the rate itself. */
export const constant: Schedule = () => 1;

/**
 * Half a cosine from 1 down to `floor` (Loshchilov & Hutter 2017, without restarts), after a linear
 * rise over the first `warmUp` part of the run.
 */
export function cosine(
  options: { readonly warmUp?: number; readonly floor?: number } = {},
): Schedule {
  const { warmUp = 0, floor = 0 } = options;
  checkPart('cosine', 'warmUp', warmUp);
  return (step, steps) => {
    const rise = Math.round(warmUp * steps);
    if (step < rise) return (step + 1) / (rise + 1);
    return anneal(1, floor, (step - rise) / Math.max(1, steps - 1 - rise));
  };
}

/** Multiplies the rate by `factor` every `every` steps. */
export function stepDecay(options: { readonly every: number; readonly factor?: number }): Schedule {
  const { every, factor = 0.1 } = options;
  if (!Number.isInteger(every) || every < 1) {
    throw new RangeError(`stepDecay: every is a number of steps ≥ 1; got ${every}.`);
  }
  return (step) => factor ** Math.floor(step / every);
}

/** Rises linearly over the first `steps` steps, then follows `after` (counted from there). */
export function warmUp(steps: number, after: Schedule = constant): Schedule {
  if (!Number.isInteger(steps) || steps < 0) {
    throw new RangeError(`warmUp: steps is a whole number ≥ 0; got ${steps}.`);
  }
  return (step, all) =>
    step < steps ? (step + 1) / (steps + 1) : after(step - steps, all - steps);
}
