// Sine with cosine, and SiLU: pairs of functions that one pass over memory gives together.

import { quickTanh4, sine4, SINE_LIMIT } from './lanes';

/** Above this |x| the reduction in float32 loses more than an ulp or two. */
const NEAR: f32 = 512;

/** sin and cos of |x| ≤ NEAR: multiples of π/2 taken off in three parts, in float32. */
@inline
function reduced(x: v128, n: v128): v128 {
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(1.5703125)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(4.8351287841796875e-4)));
  return f32x4.sub(r, f32x4.mul(n, f32x4.splat(3.13855707645416e-7)));
}

@inline
function signOf(n: v128): v128 {
  return i32x4.shl(v128.and(n, i32x4.splat(2)), 30);
}

/** sine = sin x, cosine = cos x. */
export function sinCos(x: usize, sine: usize, cosine: usize, n: u32): void {
  const end = x + (n << 2);
  while (x < end) {
    const four = x + 16 <= end;
    const v = four ? v128.load(x) : v128.load32_zero(x);
    let s: v128, c: v128;
    if (v128.any_true(v128.not(f32x4.le(f32x4.abs(v), f32x4.splat(NEAR))))) {
      // Beyond sine4's own limit (or not a number) the result is of no use to anybody: clamp.
      const held = f32x4.max(f32x4.min(v, f32x4.splat(SINE_LIMIT)), f32x4.splat(-SINE_LIMIT));
      s = sine4(held, 0);
      c = sine4(held, 1);
    } else {
      const turns = f32x4.nearest(f32x4.mul(v, f32x4.splat(0.63661977236758134308)));
      const q = i32x4.trunc_sat_f32x4_s(turns);
      const r = reduced(v, turns);
      const z = f32x4.mul(r, r);
      let a = f32x4.splat(-1.9515295891e-4);
      a = f32x4.add(f32x4.mul(a, z), f32x4.splat(8.3321608736e-3));
      a = f32x4.add(f32x4.mul(a, z), f32x4.splat(-1.6666654611e-1));
      a = f32x4.add(f32x4.mul(f32x4.mul(a, z), r), r);
      let b = f32x4.splat(2.443315711809948e-5);
      b = f32x4.add(f32x4.mul(b, z), f32x4.splat(-1.388731625493765e-3));
      b = f32x4.add(f32x4.mul(b, z), f32x4.splat(4.166664568298827e-2));
      b = f32x4.mul(f32x4.mul(b, z), z);
      b = f32x4.add(f32x4.sub(b, f32x4.mul(z, f32x4.splat(0.5))), f32x4.splat(1));
      const odd = i32x4.eq(v128.and(q, i32x4.splat(1)), i32x4.splat(1));
      const next = i32x4.add(q, i32x4.splat(1));
      s = v128.xor(v128.bitselect(b, a, odd), signOf(q));
      c = v128.xor(v128.bitselect(a, b, odd), signOf(next));
    }
    if (four) {
      v128.store(sine, s);
      v128.store(cosine, c);
    } else {
      store<f32>(sine, f32x4.extract_lane(s, 0));
      store<f32>(cosine, f32x4.extract_lane(c, 0));
    }
    const step: u32 = four ? 16 : 4;
    x += step;
    sine += step;
    cosine += step;
  }
}

/** gate = σ(x) = (1 + tanh(x/2)) / 2 and y = x·σ(x). */
export function silu(x: usize, gate: usize, y: usize, n: u32): void {
  const half = f32x4.splat(0.5);
  const end = x + (n << 2);
  while (x < end) {
    const four = x + 16 <= end;
    const v = four ? v128.load(x) : v128.load32_zero(x);
    const g = f32x4.add(f32x4.mul(quickTanh4(f32x4.mul(v, half)), half), half);
    const out = f32x4.mul(v, g);
    if (four) {
      v128.store(gate, g);
      v128.store(y, out);
    } else {
      store<f32>(gate, f32x4.extract_lane(g, 0));
      store<f32>(y, f32x4.extract_lane(out, 0));
    }
    const step: u32 = four ? 16 : 4;
    x += step;
    gate += step;
    y += step;
  }
}

/** dx = dy·(σ + y·(1 − σ)). */
export function siluGradient(gate: usize, y: usize, dy: usize, dx: usize, n: u32): void {
  const end = gate + (n << 2);
  while (gate < end) {
    const four = gate + 16 <= end;
    const g = four ? v128.load(gate) : v128.load32_zero(gate);
    const v = four ? v128.load(y) : v128.load32_zero(y);
    const d = four ? v128.load(dy) : v128.load32_zero(dy);
    const out = f32x4.mul(d, f32x4.add(g, f32x4.sub(v, f32x4.mul(v, g))));
    if (four) v128.store(dx, out);
    else store<f32>(dx, f32x4.extract_lane(out, 0));
    const step: u32 = four ? 16 : 4;
    gate += step;
    y += step;
    dy += step;
    dx += step;
  }
}
