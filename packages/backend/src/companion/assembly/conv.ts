// Two-dimensional convolution and its gradients as matrix products on patches (im2col), a block of
// output positions at a time so that patches stay in cache. Layout NHWC; filters [kh, kw, ci, co].

import { gemm, gemmScratchBytes } from './gemm';

/** Bytes of patches in one block. */
const BLOCK_BYTES: u32 = 1 << 18;

/** Scratch that the convolutions need: one block of patches after gemm's own. */
export function convScratchBytes(patch: u32): u32 {
  return gemmScratchBytes() + blockRows(patch) * patch * 4 + 64;
}

/** Output positions in a block, by patch length. */
function blockRows(patch: u32): u32 {
  return max<u32>(32, min<u32>(2048, (BLOCK_BYTES / (max<u32>(patch, 1) * 4)) & ~3));
}

// What every convolution here shares; set once a call (no static data: globals live in the module).
let inH: i32 = 0, inW: i32 = 0, channels: i32 = 0;
let outH: i32 = 0, outW: i32 = 0;
let kernelH: i32 = 0, kernelW: i32 = 0;
let strideH: i32 = 0, strideW: i32 = 0, dilationH: i32 = 0, dilationW: i32 = 0;
let padTop: i32 = 0, padLeft: i32 = 0;

/** Geometry of the next call. Lengths in pixels; `padTop`, `padLeft` may be negative. */
export function convGeometry(
  h: i32, w: i32, c: i32, oh: i32, ow: i32, kh: i32, kw: i32,
  sh: i32, sw: i32, dh: i32, dw: i32, pt: i32, pl: i32,
): void {
  inH = h; inW = w; channels = c; outH = oh; outW = ow; kernelH = kh; kernelW = kw;
  strideH = sh; strideW = sw; dilationH = dh; dilationW = dw; padTop = pt; padLeft = pl;
}

@inline
function zeros(to: usize, bytes: u32): void {
  const end = to + bytes;
  for (; to + 16 <= end; to += 16) v128.store(to, f32x4.splat(0));
  for (; to < end; to += 4) store<f32>(to, 0);
}

@inline
function copyRun(to: usize, from: usize, bytes: u32): void {
  const end = to + bytes;
  for (; to + 16 <= end; to += 16) {
    v128.store(to, v128.load(from));
    from += 16;
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(from));
    from += 4;
  }
}

@inline
function addRun(to: usize, from: usize, bytes: u32): void {
  const end = to + bytes;
  for (; to + 16 <= end; to += 16) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
  }
}

/** Moves patches of output positions [first, first + rows) between image and block. */
@inline
function patches(image: usize, block: usize, first: u32, rows: u32, scatter: bool): void {
  const pixel: u32 = channels << 2;
  const line: u32 = inW * pixel;
  const run: u32 = kernelW * pixel;
  const positions = <u32>(outH * outW);
  let n = first / positions;
  let oy = <i32>((first % positions) / <u32>outW);
  let ox = <i32>(first % <u32>outW);
  for (let r: u32 = 0; r < rows; r++) {
    const x0 = ox * strideW - padLeft;
    for (let ky = 0; ky < kernelH; ky++) {
      const y = oy * strideH - padTop + ky * dilationH;
      if (y < 0 || y >= inH) {
        if (!scatter) zeros(block, run);
        block += run;
        continue;
      }
      const row = image + n * <u32>inH * line + <u32>y * line;
      if (dilationW == 1) {
        // Neighbouring taps are neighbours in memory: one run, cut at the image's edges.
        const from = max(x0, 0);
        const to = min(x0 + kernelW, inW);
        if (from >= to) {
          if (!scatter) zeros(block, run);
        } else {
          const before = <u32>(from - x0) * pixel;
          const bytes = <u32>(to - from) * pixel;
          const at = row + <u32>from * pixel;
          if (scatter) addRun(at, block + before, bytes);
          else {
            if (before > 0) zeros(block, before);
            copyRun(block + before, at, bytes);
            if (before + bytes < run) zeros(block + before + bytes, run - before - bytes);
          }
        }
        block += run;
      } else {
        for (let kx = 0; kx < kernelW; kx++) {
          const x = x0 + kx * dilationW;
          if (x < 0 || x >= inW) {
            if (!scatter) zeros(block, pixel);
          } else if (scatter) addRun(row + <u32>x * pixel, block, pixel);
          else copyRun(block, row + <u32>x * pixel, pixel);
          block += pixel;
        }
      }
    }
    if (++ox == outW) {
      ox = 0;
      if (++oy == outH) {
        oy = 0;
        n++;
      }
    }
  }
}

function gather(image: usize, block: usize, first: u32, rows: u32): void {
  patches(image, block, first, rows, false);
}

function scatter(image: usize, block: usize, first: u32, rows: u32): void {
  patches(image, block, first, rows, true);
}

/** y[n, oh, ow, co] = conv(x, filter). */
export function conv2d(x: usize, filter: usize, y: usize, n: u32, co: u32, scratch: usize): void {
  const patch = <u32>(kernelH * kernelW * channels);
  const rows = n * <u32>(outH * outW);
  const step = blockRows(patch);
  const block = scratch + gemmScratchBytes();
  for (let r: u32 = 0; r < rows; r += step) {
    const count = min(step, rows - r);
    gather(x, block, r, count);
    gemm(block, patch << 2, 4, filter, co << 2, 4, y + r * (co << 2), co << 2, count, co, patch, false, scratch);
  }
}

/** dx = what conv sends back to its input; dx is overwritten. */
export function conv2dInputGradient(
  dy: usize, filter: usize, dx: usize, n: u32, co: u32, scratch: usize,
): void {
  const patch = <u32>(kernelH * kernelW * channels);
  const rows = n * <u32>(outH * outW);
  const step = blockRows(patch);
  const block = scratch + gemmScratchBytes();
  memory.fill(dx, 0, (n * <u32>(inH * inW * channels)) << 2);
  for (let r: u32 = 0; r < rows; r += step) {
    const count = min(step, rows - r);
    gemm(dy + r * (co << 2), co << 2, 4, filter, 4, co << 2, block, patch << 2, count, patch, co, false, scratch);
    scatter(dx, block, r, count);
  }
}

/** dw = what conv sends back to its filter; dw is overwritten. */
export function conv2dFilterGradient(
  x: usize, dy: usize, dw: usize, n: u32, co: u32, scratch: usize,
): void {
  const patch = <u32>(kernelH * kernelW * channels);
  const rows = n * <u32>(outH * outW);
  const step = blockRows(patch);
  const block = scratch + gemmScratchBytes();
  if (rows == 0) memory.fill(dw, 0, (patch * co) << 2);
  for (let r: u32 = 0; r < rows; r += step) {
    const count = min(step, rows - r);
    gather(x, block, r, count);
    gemm(block, 4, patch << 2, dy + r * (co << 2), co << 2, 4, dw, co << 2, patch, co, count, r > 0, scratch);
  }
}
