/** Value and slope of the objective along a line. */
export interface LinePoint {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

const DECREASE = 1e-3;
const CURVATURE = 0.9;
const MOST_TRIES = 40;

/**
 * A step within (0, most] that satisfies the strong Wolfe conditions (Nocedal & Wright 2006,
 * algorithms 3.5 and 3.6, safeguarded cubic interpolation), or the best decrease found. Points where
 * the objective is not finite (outside its domain) count as too far. Undefined if nothing decreases.
 */
export function lineSearch(
  evaluate: (step: number) => LinePoint,
  start: LinePoint,
  first: number,
  most: number,
): LinePoint | undefined {
  const enough = (p: LinePoint): boolean =>
    p.value <= start.value + DECREASE * p.step * start.slope;
  const flat = (p: LinePoint): boolean => Math.abs(p.slope) <= -CURVATURE * start.slope;
  let low = start;
  let high: LinePoint | undefined;
  let step = Math.min(first, most);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const p = evaluate(step);
    if (!Number.isFinite(p.value) || !enough(p) || (p.value >= low.value && low !== start)) {
      high = p;
    } else if (flat(p)) {
      return p;
    } else if (high === undefined) {
      if (p.slope >= 0) {
        high = low;
        low = p;
      } else if (p.step >= most) return p;
      else low = p;
    } else {
      if (p.slope * (high.step - low.step) >= 0) high = low;
      low = p;
    }
    if (high === undefined) step = Math.min(4 * step, most);
    else {
      if (Math.abs(high.step - low.step) <= 1e-14 * Math.max(high.step, low.step)) break;
      step = between(low, high);
    }
  }
  return low === start ? undefined : low;
}

/** The minimum of the cubic through two points, kept away from both ends. */
function between(low: LinePoint, high: LinePoint): number {
  const width = high.step - low.step;
  const middle = low.step + width / 2;
  if (!Number.isFinite(high.value)) return low.step + width / 4;
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.step - high.step);
  const d2 = Math.sign(width) * Math.sqrt(Math.max(d1 * d1 - low.slope * high.slope, 0));
  const step = high.step - (width * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2);
  const margin = 0.1 * Math.abs(width);
  const least = Math.min(low.step, high.step) + margin;
  const largest = Math.max(low.step, high.step) - margin;
  return step >= least && step <= largest
    ? step
    : Number.isFinite(step)
      ? Math.min(Math.max(step, least), largest)
      : middle;
}
