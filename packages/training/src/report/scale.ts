/** Maps values to [0, 1] along an axis, with round values to mark. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** The round step (1, 2 or 5 times a power of ten) that cuts `span` into about `count` parts. */
function roundStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const part = rough / power;
  return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

function ticksBetween(low: number, high: number, step: number): number[] {
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/** From `low` to `high` exactly, marked at round values. */
export function linearScale(low: number, high: number, count: number): Scale {
  const span = high > low ? high - low : 1;
  return {
    at: (value) => (value - low) / span,
    ticks: ticksBetween(low, low + span, roundStep(span, count)),
  };
}

/** Widened to round values, so that the curve has room. */
export function niceScale(low: number, high: number, count: number): Scale {
  const around = low === high ? Math.abs(low) * 0.1 || 1 : 0;
  const step = roundStep(high - low + 2 * around, count);
  const from = Math.floor((low - around) / step + 1e-9) * step;
  const to = Math.ceil((high + around) / step - 1e-9) * step;
  return { at: (value) => (value - from) / (to - from), ticks: ticksBetween(from, to, step) };
}

/** Logarithmic, for positive values; marked at powers of ten, and at 2 and 5 of them where few. */
export function logScale(low: number, high: number): Scale {
  const from = Math.log10(low);
  const to = Math.log10(high);
  const margin = (to - from) * 0.05 || 0.5;
  const [a, b] = [from - margin, to + margin];
  const decades: number[] = [];
  for (let k = Math.floor(a); k <= Math.ceil(b); k++) decades.push(k);
  const marks = (parts: readonly number[], every: number): number[] =>
    decades
      .filter((k) => k % every === 0)
      .flatMap((k) => parts.map((part) => Number((part * 10 ** k).toPrecision(6))))
      .filter((value) => Math.log10(value) >= a && Math.log10(value) <= b);
  const tens = marks([1], Math.max(1, Math.ceil((b - a) / 5)));
  const ticks = tens.length >= 3 ? tens : marks([1, 2, 5], 1);
  return { at: (value) => (Math.log10(value) - a) / (b - a), ticks };
}
