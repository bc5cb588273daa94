// A small network tanh–tanh–linear on many rows, picture by picture, so that what lies between its
// layers stays in the first-level cache, and what it sends back. Many networks on the same features
// are as many calls.

import { tanhGradient } from './elementwise';
import { gemm } from './gemm';
import { quickTanh4 } from './lanes';

/** y[rows, width] = tanh(y + row), in place; width is a multiple of four. */
@inline
function addRowTanh(y: usize, row: usize, rows: u32, width: u32): void {
  const bytes = width << 2;
  for (let r: u32 = 0; r < rows; r++) {
    for (let b: u32 = 0; b < bytes; b += 16) {
      v128.store(y, quickTanh4(f32x4.add(v128.load(y), v128.load(row + b))));
      y += 16;
    }
  }
}

/** to[width] = (or +=) the sum of the rows of x. */
@inline
function sumRows(x: usize, to: usize, rows: u32, width: u32, add: bool): void {
  const bytes = width << 2;
  for (let b: u32 = 0; b < bytes; b += 16) {
    let sum = add ? v128.load(to + b) : f32x4.splat(0);
    let at = x + b;
    for (let r: u32 = 0; r < rows; r++) {
      sum = f32x4.add(sum, v128.load(at));
      at += bytes;
    }
    v128.store(to + b, sum);
  }
}

export function tanhNetworks(
  phi: usize, shift: usize, w1: usize, w2: usize, b2: usize, w3: usize,
  first: usize, second: usize, y: usize,
  n: u32, count: u32, inputs: u32, width: u32, outputs: u32, scratch: usize,
): void {
  const i4 = inputs << 2, h4 = width << 2, o4 = outputs << 2;
  for (let g: u32 = 0; g < n; g++) {
    gemm(phi, i4, 4, w1, h4, 4, first, h4, count, width, inputs, false, scratch);
    addRowTanh(first, shift, count, width);
    gemm(first, h4, 4, w2, h4, 4, second, h4, count, width, width, false, scratch);
    addRowTanh(second, b2, count, width);
    gemm(second, h4, 4, w3, o4, 4, y, o4, count, outputs, width, false, scratch);
    phi += count * i4;
    shift += h4;
    first += count * h4;
    second += count * h4;
    y += count * o4;
  }
}

/** `tile` holds count × width numbers twice. */
export function tanhNetworksGradient(
  phi: usize, w1: usize, w2: usize, w3: usize, first: usize, second: usize, dy: usize,
  toPhi: usize, toShift: usize, toW1: usize, toW2: usize, toB2: usize, toW3: usize,
  n: u32, count: u32, inputs: u32, width: u32, outputs: u32, tile: usize, scratch: usize,
): void {
  const i4 = inputs << 2, h4 = width << 2, o4 = outputs << 2;
  const size = count * width;
  const toSecond = tile;
  const toFirst = tile + (size << 2);
  for (let g: u32 = 0; g < n; g++) {
    gemm(dy, o4, 4, w3, 4, o4, toSecond, h4, count, width, outputs, false, scratch);
    gemm(second, 4, h4, dy, o4, 4, toW3, o4, width, outputs, count, true, scratch);
    tanhGradient(second, toSecond, toSecond, size);
    gemm(first, 4, h4, toSecond, h4, 4, toW2, h4, width, width, count, true, scratch);
    sumRows(toSecond, toB2, count, width, true);
    gemm(toSecond, h4, 4, w2, 4, h4, toFirst, h4, count, width, width, false, scratch);
    tanhGradient(first, toFirst, toFirst, size);
    sumRows(toFirst, toShift, count, width, false);
    gemm(phi, 4, i4, toFirst, h4, 4, toW1, h4, inputs, width, count, true, scratch);
    gemm(toFirst, h4, 4, w1, 4, h4, toPhi, i4, count, inputs, width, true, scratch);
    phi += count * i4;
    toPhi += count * i4;
    toShift += h4;
    first += count * h4;
    second += count * h4;
    dy += count * o4;
  }
}
