// Functions of two operands of one shape, either of which may be a single number; comparisons,
// selections and changes of type. Booleans are bytes.

/** Four numbers at p, or the only number there four times. */
@inline
function four(p: usize, step: u32): v128 {
  return step ? v128.load(p) : v128.load32_splat(p);
}

@inline
function apply(op: i32, x: v128, y: v128): v128 {
  return op == 0 ? f32x4.max(x, y) : f32x4.min(x, y);
}

@inline
function binaryLoop(op: i32, a: usize, aStep: u32, b: usize, bStep: u32, y: usize, n: u32): void {
  const end = y + (n << 2);
  const whole = y + ((n & ~3) << 2);
  while (y < whole) {
    v128.store(y, apply(op, four(a, aStep), four(b, bStep)));
    a += aStep << 4;
    b += bStep << 4;
    y += 16;
  }
  while (y < end) {
    store<f32>(y, f32x4.extract_lane(apply(op, v128.load32_splat(a), v128.load32_splat(b)), 0));
    a += aStep << 2;
    b += bStep << 2;
    y += 4;
  }
}

/** y = op(a, b); a step of 1 walks an operand, 0 repeats its only number. */
export function binary(
  op: i32, a: usize, aStep: u32, b: usize, bStep: u32, y: usize, n: u32,
): void {
  if (op == 0) binaryLoop(0, a, aStep, b, bStep, y, n);
  else binaryLoop(1, a, aStep, b, bStep, y, n);
}

@inline
function test(op: i32, x: v128, y: v128): v128 {
  if (op == 0) return f32x4.eq(x, y);
  if (op == 1) return f32x4.ne(x, y);
  if (op == 2) return f32x4.gt(x, y);
  if (op == 3) return f32x4.ge(x, y);
  if (op == 4) return f32x4.lt(x, y);
  return f32x4.le(x, y);
}

@inline
function compareLoop(op: i32, a: usize, aStep: u32, b: usize, bStep: u32, y: usize, n: u32): void {
  const end = y + n;
  const whole = y + (n & ~15);
  const ones = i8x16.splat(1);
  while (y < whole) {
    const p = test(op, four(a, aStep), four(b, bStep));
    const q = test(op, four(a + (aStep << 4), aStep), four(b + (bStep << 4), bStep));
    const r = test(op, four(a + (aStep << 5), aStep), four(b + (bStep << 5), bStep));
    const s = test(op, four(a + aStep * 48, aStep), four(b + bStep * 48, bStep));
    const low = i16x8.narrow_i32x4_s(p, q);
    const high = i16x8.narrow_i32x4_s(r, s);
    v128.store(y, v128.and(i8x16.narrow_i16x8_s(low, high), ones));
    a += aStep << 6;
    b += bStep << 6;
    y += 16;
  }
  while (y < end) {
    const yes = test(op, v128.load32_splat(a), v128.load32_splat(b));
    store<u8>(y, <u8>(i32x4.extract_lane(yes, 0) & 1));
    a += aStep << 2;
    b += bStep << 2;
    y++;
  }
}

/** The same for comparisons, whose results are bytes. */
export function compare(
  op: i32, a: usize, aStep: u32, b: usize, bStep: u32, y: usize, n: u32,
): void {
  if (op == 0) compareLoop(0, a, aStep, b, bStep, y, n);
  else if (op == 1) compareLoop(1, a, aStep, b, bStep, y, n);
  else if (op == 2) compareLoop(2, a, aStep, b, bStep, y, n);
  else if (op == 3) compareLoop(3, a, aStep, b, bStep, y, n);
  else if (op == 4) compareLoop(4, a, aStep, b, bStep, y, n);
  else compareLoop(5, a, aStep, b, bStep, y, n);
}

/** Four bytes as four whole numbers. */
@inline
function fourBytes(p: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p)));
}

/** y = condition ? t : e, of four-byte numbers. */
export function select(condition: usize, t: usize, e: usize, y: usize, n: u32): void {
  const end = condition + n;
  const whole = condition + (n & ~3);
  const zero = i32x4.splat(0);
  for (; condition < whole; condition += 4) {
    v128.store(y, v128.bitselect(v128.load(e), v128.load(t), i32x4.eq(fourBytes(condition), zero)));
    t += 16;
    e += 16;
    y += 16;
  }
  for (; condition < end; condition++) {
    store<u32>(y, load<u8>(condition) ? load<u32>(t) : load<u32>(e));
    t += 4;
    e += 4;
    y += 4;
  }
}

export function boolToFloat(x: usize, y: usize, n: u32): void {
  const end = x + n;
  const whole = x + (n & ~3);
  for (; x < whole; x += 4) {
    v128.store(y, f32x4.convert_i32x4_s(fourBytes(x)));
    y += 16;
  }
  for (; x < end; x++) {
    store<f32>(y, <f32>load<u8>(x));
    y += 4;
  }
}

export function boolToInt(x: usize, y: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) store<i32>(y + (i << 2), load<u8>(x + i));
}

export function intToFloat(x: usize, y: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) store<f32>(y + (i << 2), <f32>load<i32>(x + (i << 2)));
}

/** Towards zero; NaN becomes 0. */
export function floatToInt(x: usize, y: usize, n: u32): void {
  const end = x + (n << 2);
  for (; x < end; x += 4) {
    const lane = i32x4.trunc_sat_f32x4_s(v128.load32_zero(x));
    store<i32>(y, i32x4.extract_lane(lane, 0));
    y += 4;
  }
}
