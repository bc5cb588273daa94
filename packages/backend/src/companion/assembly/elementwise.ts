// Elementwise functions and the gradients that go with them, four numbers at a time.

import { exp4, expm1Negative4, log1p4, log4, sigmoid4, sine4, SINE_LIMIT, tanh4 } from './lanes';

// Arguments too large for the fast range reduction go to the host's own sine (exact, slow, rare).
@external("env", "sin")
declare function hostSin(x: f64): f64;
@external("env", "cos")
declare function hostCos(x: f64): f64;

const EXP = 0, SIGMOID = 1, TANH = 2, ELU = 3, LEAKY = 4, RELU = 5, LOG = 6, LOG1P = 7, SOFTPLUS = 8, RSQRT = 9;
const SIGMOID_GRAD = 0, TANH_GRAD = 1, ELU_GRAD = 2, LEAKY_GRAD = 3, RELU_GRAD = 4;

@inline
function f1(op: i32, x: v128, alpha: v128): v128 {
  const zero = f32x4.splat(0);
  if (op == EXP) return exp4(x);
  if (op == SIGMOID) return sigmoid4(x);
  if (op == TANH) return tanh4(x);
  if (op == ELU) {
    const low = expm1Negative4(f32x4.min(x, zero));
    return v128.bitselect(x, low, f32x4.ge(x, zero));
  }
  if (op == LOG) return log4(x);
  if (op == LOG1P) return log1p4(x);
  if (op == SOFTPLUS) {
    const rest = log1p4(exp4(f32x4.neg(f32x4.abs(x))));
    return f32x4.add(f32x4.max(x, zero), rest);
  }
  if (op == RSQRT) return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  if (op == LEAKY) return v128.bitselect(f32x4.mul(x, alpha), x, f32x4.lt(x, zero));
  return v128.bitselect(zero, x, f32x4.lt(x, zero));
}

@inline
function map(op: i32, x: usize, y: usize, n: u32, alpha: f32): void {
  const a = f32x4.splat(alpha);
  const end = x + (n << 2);
  const whole = x + ((n & ~3) << 2);
  for (; x < whole; x += 16) {
    v128.store(y, f1(op, v128.load(x), a));
    y += 16;
  }
  for (; x < end; x += 4) {
    store<f32>(y, f32x4.extract_lane(f1(op, v128.load32_zero(x), a), 0));
    y += 4;
  }
}

export function exp(x: usize, y: usize, n: u32): void {
  map(EXP, x, y, n, 0);
}
export function sigmoid(x: usize, y: usize, n: u32): void {
  map(SIGMOID, x, y, n, 0);
}
export function tanh(x: usize, y: usize, n: u32): void {
  map(TANH, x, y, n, 0);
}
export function elu(x: usize, y: usize, n: u32): void {
  map(ELU, x, y, n, 0);
}
export function leakyRelu(x: usize, y: usize, n: u32, alpha: f32): void {
  map(LEAKY, x, y, n, alpha);
}
export function log(x: usize, y: usize, n: u32): void {
  map(LOG, x, y, n, 0);
}
export function log1p(x: usize, y: usize, n: u32): void {
  map(LOG1P, x, y, n, 0);
}
export function softplus(x: usize, y: usize, n: u32): void {
  map(SOFTPLUS, x, y, n, 0);
}
export function rsqrt(x: usize, y: usize, n: u32): void {
  map(RSQRT, x, y, n, 0);
}
export function relu(x: usize, y: usize, n: u32): void {
  map(RELU, x, y, n, 0);
}

@inline
function sineMap(quarter: i32, x: usize, y: usize, n: u32): void {
  const end = x + (n << 2);
  for (; x < end; ) {
    const four = x + 16 <= end;
    const lanes = four ? v128.load(x) : v128.load32_zero(x);
    if (v128.any_true(f32x4.gt(f32x4.abs(lanes), f32x4.splat(SINE_LIMIT)))) {
      const count: u32 = four ? 4 : 1;
      for (let i: u32 = 0; i < count; i++) {
        const value = <f64>load<f32>(x + (i << 2));
        store<f32>(y + (i << 2), <f32>(quarter ? hostCos(value) : hostSin(value)));
      }
    } else {
      const result = sine4(lanes, quarter);
      if (four) v128.store(y, result);
      else store<f32>(y, f32x4.extract_lane(result, 0));
    }
    const step: u32 = four ? 16 : 4;
    x += step;
    y += step;
  }
}

export function sin(x: usize, y: usize, n: u32): void {
  sineMap(0, x, y, n);
}
export function cos(x: usize, y: usize, n: u32): void {
  sineMap(1, x, y, n);
}

/** `y` is the function's result, except for leakyRelu, whose input it is. */
@inline
function g1(op: i32, y: v128, dy: v128, alpha: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  if (op == SIGMOID_GRAD) return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(one, y)));
  if (op == TANH_GRAD) return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(y, y)));
  if (op == ELU_GRAD) return v128.bitselect(dy, f32x4.mul(dy, f32x4.add(y, one)), f32x4.ge(y, zero));
  if (op == LEAKY_GRAD) return v128.bitselect(dy, f32x4.mul(dy, alpha), f32x4.gt(y, zero));
  return v128.and(dy, f32x4.gt(y, zero));
}

@inline
function mapGrad(op: i32, y: usize, dy: usize, dx: usize, n: u32, alpha: f32): void {
  const a = f32x4.splat(alpha);
  const end = y + (n << 2);
  const whole = y + ((n & ~3) << 2);
  for (; y < whole; y += 16) {
    v128.store(dx, g1(op, v128.load(y), v128.load(dy), a));
    dy += 16;
    dx += 16;
  }
  for (; y < end; y += 4) {
    store<f32>(dx, f32x4.extract_lane(g1(op, v128.load32_zero(y), v128.load32_zero(dy), a), 0));
    dy += 4;
    dx += 4;
  }
}

export function sigmoidGradient(y: usize, dy: usize, dx: usize, n: u32): void {
  mapGrad(SIGMOID_GRAD, y, dy, dx, n, 0);
}
export function tanhGradient(y: usize, dy: usize, dx: usize, n: u32): void {
  mapGrad(TANH_GRAD, y, dy, dx, n, 0);
}
export function eluGradient(y: usize, dy: usize, dx: usize, n: u32): void {
  mapGrad(ELU_GRAD, y, dy, dx, n, 0);
}
export function leakyReluGradient(x: usize, dy: usize, dx: usize, n: u32, alpha: f32): void {
  mapGrad(LEAKY_GRAD, x, dy, dx, n, alpha);
}
export function reluGradient(y: usize, dy: usize, dx: usize, n: u32): void {
  mapGrad(RELU_GRAD, y, dy, dx, n, 0);
}

/** y[rows, columns] += row, in place. */
export function addRow(y: usize, row: usize, rows: u32, columns: u32): void {
  const bytes = columns << 2;
  for (let r: u32 = 0; r < rows; r++) {
    const end = row + bytes;
    let b = row;
    for (; b + 16 <= end; b += 16) {
      v128.store(y, f32x4.add(v128.load(y), v128.load(b)));
      y += 16;
    }
    for (; b < end; b += 4) {
      store<f32>(y, load<f32>(y) + load<f32>(b));
      y += 4;
    }
  }
}

/** y = x between low and high; NaN stays. */
export function clip(x: usize, y: usize, n: u32, low: f32, high: f32): void {
  const l = f32x4.splat(low), h = f32x4.splat(high);
  const end = x + (n << 2);
  const whole = x + ((n & ~3) << 2);
  for (; x < whole; x += 16) {
    v128.store(y, f32x4.min(f32x4.max(v128.load(x), l), h));
    y += 16;
  }
  for (; x < end; x += 4) {
    store<f32>(y, min<f32>(max<f32>(load<f32>(x), low), high));
    y += 4;
  }
}
