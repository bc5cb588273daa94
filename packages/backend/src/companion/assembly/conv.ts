// Patches of images (im2col), the part of a convolution that is no matrix product. Layout NHWC; a
// patch is [kernel height, kernel width, channels].

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

/** block[r, :] = the patch under output position first + r. */
export function gatherPatches(image: usize, block: usize, first: u32, rows: u32): void {
  patches(image, block, first, rows, false);
}

/** image += block[r, :] at the patch under output position first + r. */
export function scatterPatches(image: usize, block: usize, first: u32, rows: u32): void {
  patches(image, block, first, rows, true);
}
