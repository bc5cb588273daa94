// Sums. Long sums go through float64 lanes or short float32 partial sums, so that a million terms
// keep their digits.

/** Rows summed in float32 before the partial sum moves to the total. */
const CHUNK: u32 = 64;

/** Sum of n numbers in float64. */
export function sumAll(x: usize, n: u32): f64 {
  let s0 = f64x2.splat(0), s1 = s0;
  const end = x + (n << 2);
  const whole = x + ((n & ~3) << 2);
  for (; x < whole; x += 16) {
    const v = v128.load(x);
    s0 = f64x2.add(s0, f64x2.promote_low_f32x4(v));
    s1 = f64x2.add(s1, f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1)));
  }
  s0 = f64x2.add(s0, s1);
  let total = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; x < end; x += 4) total += <f64>load<f32>(x);
  return total;
}

/** Sum of squares of n numbers in float64. */
export function sumSquares(x: usize, n: u32): f64 {
  let s0 = f64x2.splat(0), s1 = s0;
  const end = x + (n << 2);
  const whole = x + ((n & ~3) << 2);
  for (; x < whole; x += 16) {
    const v = v128.load(x);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1));
    s0 = f64x2.add(s0, f64x2.mul(a, a));
    s1 = f64x2.add(s1, f64x2.mul(b, b));
  }
  s0 = f64x2.add(s0, s1);
  let total = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; x < end; x += 4) {
    const v = <f64>load<f32>(x);
    total += v * v;
  }
  return total;
}

/** Sums of one strip of `width` (4 or 1) columns over `rows` rows, written at y. */
function column4(x: usize, pitch: u32, rows: u32, y: usize, scale: f32): void {
  let total = f32x4.splat(0);
  for (let r: u32 = 0; r < rows; r += CHUNK) {
    const stop = min(r + CHUNK, rows);
    let part = f32x4.splat(0);
    for (let i = r; i < stop; i++) {
      part = f32x4.add(part, v128.load(x));
      x += pitch;
    }
    total = f32x4.add(total, part);
  }
  v128.store(y, f32x4.mul(total, f32x4.splat(scale)));
}

function column16(x: usize, pitch: u32, rows: u32, y: usize, scale: f32): void {
  let t0 = f32x4.splat(0), t1 = t0, t2 = t0, t3 = t0;
  for (let r: u32 = 0; r < rows; r += CHUNK) {
    const stop = min(r + CHUNK, rows);
    let p0 = f32x4.splat(0), p1 = p0, p2 = p0, p3 = p0;
    for (let i = r; i < stop; i++) {
      p0 = f32x4.add(p0, v128.load(x));
      p1 = f32x4.add(p1, v128.load(x, 16));
      p2 = f32x4.add(p2, v128.load(x, 32));
      p3 = f32x4.add(p3, v128.load(x, 48));
      x += pitch;
    }
    t0 = f32x4.add(t0, p0);
    t1 = f32x4.add(t1, p1);
    t2 = f32x4.add(t2, p2);
    t3 = f32x4.add(t3, p3);
  }
  const s = f32x4.splat(scale);
  v128.store(y, f32x4.mul(t0, s));
  v128.store(y, f32x4.mul(t1, s), 16);
  v128.store(y, f32x4.mul(t2, s), 32);
  v128.store(y, f32x4.mul(t3, s), 48);
}

function column1(x: usize, pitch: u32, rows: u32, y: usize, scale: f32): void {
  let total: f64 = 0;
  for (let r: u32 = 0; r < rows; r++) {
    total += <f64>load<f32>(x);
    x += pitch;
  }
  store<f32>(y, <f32>(total * <f64>scale));
}

/** y[outer, inner] = scale · Σ over the middle of x[outer, middle, inner]. */
export function sumMiddle(x: usize, y: usize, outer: u32, middle: u32, inner: u32, scale: f32): void {
  const pitch = inner << 2;
  for (let o: u32 = 0; o < outer; o++) {
    if (inner == 1) {
      store<f32>(y, <f32>(sumAll(x, middle) * <f64>scale));
    } else {
      let j: u32 = 0;
      for (; j + 16 <= inner; j += 16) column16(x + (j << 2), pitch, middle, y + (j << 2), scale);
      for (; j + 4 <= inner; j += 4) column4(x + (j << 2), pitch, middle, y + (j << 2), scale);
      for (; j < inner; j++) column1(x + (j << 2), pitch, middle, y + (j << 2), scale);
    }
    x += middle * pitch;
    y += pitch;
  }
}
