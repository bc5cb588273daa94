// Elementary functions on four lanes, about 1-2 units in the last place of float32.
// Range reduction as in Cody & Waite (1980), polynomials by minimax fit (Cephes' single-precision
// coefficients: Moshier 1989).

/** eʳ − 1 for |r| ≤ ln 2 / 2. */
@inline
function expm1Reduced(r: v128): v128 {
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  return f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r);
}

/** x − n·ln 2, ln 2 in two parts. */
@inline
function takeLn2(x: v128, n: v128): v128 {
  const r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  return f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
}

/** 2ᵏ for k in [−126, 127]. */
@inline
function power2(k: v128): v128 {
  return i32x4.shl(i32x4.add(k, i32x4.splat(127)), 23);
}

/** eˣ. Overflows to Infinity, underflows through the subnormals to 0, NaN stays. */
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.min(f32x4.max(x, f32x4.splat(-104)), f32x4.splat(89));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504088896341)));
  const p = f32x4.add(expm1Reduced(takeLn2(clamped, n)), f32x4.splat(1));
  // 2ⁿ in two factors, so that neither leaves the normal range.
  const k = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(k, 1);
  return f32x4.mul(f32x4.mul(p, power2(half)), power2(i32x4.sub(k, half)));
}

/** eˣ − 1 for x ≤ 0, with all its digits near 0. */
@inline
export function expm1Negative4(x: v128): v128 {
  const clamped = f32x4.max(x, f32x4.splat(-80)); // beyond: −1 to the last bit
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504088896341)));
  const scale = power2(i32x4.trunc_sat_f32x4_s(n));
  const p = expm1Reduced(takeLn2(clamped, n));
  return f32x4.add(f32x4.mul(p, scale), f32x4.sub(scale, f32x4.splat(1)));
}

/** 1 / (1 + e⁻ˣ), as eˣ / (1 + eˣ) below 0. */
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const over = v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0)));
  return f32x4.div(over, f32x4.add(one, e));
}

/** ln x: −Infinity at 0, NaN below, subnormals too. */
@inline
export function log4(x: v128): v128 {
  const one = f32x4.splat(1);
  // Subnormals first become normal numbers.
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  // scaled = 2ᵉ·m with m in [√½, √2)
  const bits = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const k = i32x4.shr_s(bits, 23);
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const e = f32x4.sub(f32x4.convert_i32x4_s(k), v128.and(tiny, f32x4.splat(23)));
  const t = f32x4.sub(m, one);
  const z = f32x4.mul(t, t);
  let p = f32x4.splat(7.0376836292e-2);
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.1514610310e-1));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.1676998740e-1));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.2420140846e-1));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.4249322787e-1));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.6668057665e-1));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(2.0000714765e-1));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-2.4999993993e-1));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(3.3333331174e-1));
  let y = f32x4.mul(f32x4.mul(p, t), z);
  y = f32x4.add(y, f32x4.mul(e, f32x4.splat(-2.12194440e-4)));
  y = f32x4.sub(y, f32x4.mul(z, f32x4.splat(0.5)));
  y = f32x4.add(f32x4.add(t, y), f32x4.mul(e, f32x4.splat(0.693359375)));
  const infinity = f32x4.splat(Infinity);
  // x = +∞ and NaN answer for themselves; 0 and negative numbers have their own answers.
  y = v128.bitselect(y, x, f32x4.lt(x, infinity));
  y = v128.bitselect(f32x4.splat(NaN), y, f32x4.lt(x, f32x4.splat(0)));
  return v128.bitselect(f32x4.neg(infinity), y, f32x4.eq(x, f32x4.splat(0)));
}

/** ln(1 + x) with all its digits near 0 (Kahan's correction of the rounding of 1 + x). */
@inline
export function log1p4(x: v128): v128 {
  const one = f32x4.splat(1);
  const u = f32x4.add(one, x);
  const low = f32x4.sub(u, one);
  const y = f32x4.mul(log4(u), f32x4.div(x, low));
  // 1 + x = 1: the argument itself; 1 + x = ∞ or 0: the logarithm as it is.
  const plain = v128.or(f32x4.eq(u, f32x4.splat(Infinity)), f32x4.eq(u, f32x4.splat(0)));
  return v128.bitselect(x, v128.bitselect(log4(u), y, plain), f32x4.eq(u, one));
}

/** tanh x: odd polynomial below .625, by the exponential above. */
@inline
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const one = f32x4.splat(1);
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.06390887954e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-5.37397155531e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.33314422036e-1));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.33332819422e-1));
  const small = f32x4.add(f32x4.mul(f32x4.mul(p, z), x), x);
  const e = exp4(f32x4.add(size, size));
  const large = f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(e, one)));
  const sign = v128.and(x, i32x4.splat(<i32>0x80000000));
  return v128.bitselect(small, v128.or(large, sign), f32x4.lt(size, f32x4.splat(0.625)));
}

/** Above this |x| the fast range reduction of {@link sine4} is no longer exact. */
export const SINE_LIMIT: f32 = 1048576;

/**
 * sin(x + quarter·π/2) for |x| ≤ {@link SINE_LIMIT}: multiples of π/2 are taken off in float64 so
 * that results near zero keep their digits.
 */
@inline
export function sine4(x: v128, quarter: i32): v128 {
  const twoOverPi = f64x2.splat(0.63661977236758134308);
  const part1 = f64x2.splat(1.57079632673412561417); // π/2 in its first 33 bits, and the rest
  const part2 = f64x2.splat(6.07710050650619224932e-11);
  const x0 = f64x2.promote_low_f32x4(x);
  const x1 = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1));
  const n0 = f64x2.nearest(f64x2.mul(x0, twoOverPi));
  const n1 = f64x2.nearest(f64x2.mul(x1, twoOverPi));
  const r0 = f64x2.sub(f64x2.sub(x0, f64x2.mul(n0, part1)), f64x2.mul(n0, part2));
  const r1 = f64x2.sub(f64x2.sub(x1, f64x2.mul(n1, part1)), f64x2.mul(n1, part2));
  const r = i64x2.shuffle(f32x4.demote_f64x2_zero(r0), f32x4.demote_f64x2_zero(r1), 0, 2);
  const n = i32x4.add(
    i64x2.shuffle(i32x4.trunc_sat_f64x2_s_zero(n0), i32x4.trunc_sat_f64x2_s_zero(n1), 0, 2),
    i32x4.splat(quarter),
  );
  const z = f32x4.mul(r, r);
  let s = f32x4.splat(-1.9515295891e-4);
  s = f32x4.add(f32x4.mul(s, z), f32x4.splat(8.3321608736e-3));
  s = f32x4.add(f32x4.mul(s, z), f32x4.splat(-1.6666654611e-1));
  s = f32x4.add(f32x4.mul(f32x4.mul(s, z), r), r);
  let c = f32x4.splat(2.443315711809948e-5);
  c = f32x4.add(f32x4.mul(c, z), f32x4.splat(-1.388731625493765e-3));
  c = f32x4.add(f32x4.mul(c, z), f32x4.splat(4.166664568298827e-2));
  c = f32x4.mul(f32x4.mul(c, z), z);
  c = f32x4.add(f32x4.sub(c, f32x4.mul(z, f32x4.splat(0.5))), f32x4.splat(1));
  const odd = i32x4.eq(v128.and(n, i32x4.splat(1)), i32x4.splat(1));
  const sign = i32x4.shl(v128.and(n, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(c, s, odd), sign);
}

/**
 * tanh x to some 2e-7: a rational function between ±7.9, where float32's tanh is ±1 (degrees 13 and
 * 6; the coefficients are those of Eigen's ptanh). No exponential: a third of {@link tanh4}'s time.
 */
@inline
export function quickTanh4(x: v128): v128 {
  const limit = f32x4.splat(7.90531110763549805);
  const v = f32x4.max(f32x4.min(x, limit), f32x4.neg(limit));
  const z = f32x4.mul(v, v);
  let p = f32x4.splat(-2.76076847742355e-16);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.00018790482477e-13));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-8.60467152213735e-11));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(5.12229709037114e-8));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.48572235717979e-5));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(6.37261928875436e-4));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(4.89352455891786e-3));
  let q = f32x4.splat(1.19825839466702e-6);
  q = f32x4.add(f32x4.mul(q, z), f32x4.splat(1.18534705686654e-4));
  q = f32x4.add(f32x4.mul(q, z), f32x4.splat(2.26843463243900e-3));
  q = f32x4.add(f32x4.mul(q, z), f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(v, p), q);
}
