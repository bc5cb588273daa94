const LOG2E32 = 32 / Math.LN2;
/** ln 2/32 in two parts, the first with trailing zeros: k times it is exact (Cody & Waite 1980). */
const STEP_HIGH = Math.fround(Math.LN2 / 32);
const STEP_LOW = Math.LN2 / 32 - STEP_HIGH;
/** Adding and subtracting it rounds to the nearest whole number. */
const ROUND = 1.5 * 2 ** 52;
const FRACTIONS = Float64Array.from({ length: 32 }, (_, k) => 2 ** (k / 32));
const POWERS = Float64Array.from({ length: 2048 }, (_, k) => 2 ** (k - 1024));

/**
 * values ← 1/(1 + e^{−(values + bias)}) for `count` of them from `from` on, in place, to 4e-16:
 * e^t = 2^{k/32}·e^r by a table and a polynomial, some three times as fast as Math.exp, which is
 * most of the time of these networks.
 */
export function sigmoidInPlace(
  values: Float64Array,
  from: number,
  count: number,
  bias: number,
): void {
  for (let at = from; at < from + count; at++) {
    const z = -(values[at]! + bias);
    const t = z > 700 ? 700 : z < -700 ? -700 : z;
    const k = t * LOG2E32 + ROUND - ROUND;
    const r = t - k * STEP_HIGH - k * STEP_LOW;
    const whole = k >> 5;
    const e =
      1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720))))));
    values[at] = 1 / (1 + e * FRACTIONS[k & 31]! * POWERS[whole + 1024]!);
  }
}
