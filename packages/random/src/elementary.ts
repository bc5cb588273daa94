/** ln 2 in two parts: the first has few enough bits that a small integer times it is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * eˣ for |x| ≤ 700 from +, −, × and ÷ only, which IEEE 754 rounds alike everywhere (error below
 * 1 ulp). Math.exp may differ in its last bit between JavaScript engines; streams must not.
 */
export function exp(x: number): number {
  let k = Math.round(x / Math.LN2);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  // eʳ − 1 = r + r·rest, rest = r/2! + r²/3! + …; |r| ≤ 0.35, so that what is left out is below 1e-17.
  let rest = 0;
  for (let n = 14; n >= 2; n--) rest = (1 + rest) * (r / n);
  let power = 1 + (high + (r * rest - low));
  for (; k < 0; k++) power *= 0.5;
  for (; k > 0; k--) power *= 2;
  return power;
}

/** ln x for normal x > 0, as {@link exp} from +, −, × and ÷ only (error below 1 ulp). */
export function log(x: number): number {
  let k = 0;
  let m = x;
  for (; m < Math.SQRT1_2; k--) m *= 2;
  for (; m > Math.SQRT2; k++) m *= 0.5;
  // ln m = 2(s + s³/3 + s⁵/5 + …) with s = (m − 1)/(m + 1), |s| ≤ 0.18, written so that its first
  // term is m − 1, which is exact: 2s = f − f²/2 + s·f²/2.
  const f = m - 1;
  const s = f / (m + 1);
  const square = s * s;
  let rest = 0;
  for (let n = 23; n >= 3; n -= 2) rest = square * (rest + 1 / n);
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + 2 * rest) + k * LN2_LOW) - f);
}
