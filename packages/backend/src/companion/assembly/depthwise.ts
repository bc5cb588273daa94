// What a depthwise convolution sends back. Filters are [kernel height, width, channels, multiplier],
// results [..., channels · multiplier].

let inH: i32 = 0, inW: i32 = 0, channels: i32 = 0, multiplier: i32 = 0;
let outH: i32 = 0, outW: i32 = 0, kernelH: i32 = 0, kernelW: i32 = 0;
let strideH: i32 = 0, strideW: i32 = 0, dilationH: i32 = 0, dilationW: i32 = 0;
let padTop: i32 = 0, padLeft: i32 = 0;

/** Geometry of the next call. */
export function depthwiseGeometry(
  h: i32, w: i32, c: i32, q: i32, oh: i32, ow: i32, kh: i32, kw: i32,
  sh: i32, sw: i32, dh: i32, dw: i32, pt: i32, pl: i32,
): void {
  inH = h; inW = w; channels = c; multiplier = q; outH = oh; outW = ow; kernelH = kh; kernelW = kw;
  strideH = sh; strideW = sw; dilationH = dh; dilationW = dw; padTop = pt; padLeft = pl;
}

/** Walks every (output, tap) pair; adds to the input's or the filter's gradient. */
@inline
function walk(byInput: bool, image: usize, dy: usize, filter: usize, n: i32): void {
  const wide = channels * multiplier;
  for (let b = 0; b < n; b++) {
    for (let oy = 0; oy < outH; oy++) {
      for (let ox = 0; ox < outW; ox++) {
        const out = dy + (((b * outH + oy) * outW + ox) * wide << 2);
        for (let ky = 0; ky < kernelH; ky++) {
          const y = oy * strideH - padTop + ky * dilationH;
          if (y < 0 || y >= inH) continue;
          for (let kx = 0; kx < kernelW; kx++) {
            const x = ox * strideW - padLeft + kx * dilationW;
            if (x < 0 || x >= inW) continue;
            let pixel = image + (((b * inH + y) * inW + x) * channels << 2);
            let tap = filter + ((ky * kernelW + kx) * wide << 2);
            let grad = out;
            for (let c = 0; c < channels; c++) {
              let sum: f32 = 0;
              const value = load<f32>(pixel);
              for (let q = 0; q < multiplier; q++) {
                const g = load<f32>(grad);
                if (byInput) sum += g * load<f32>(tap);
                else store<f32>(tap, load<f32>(tap) + g * value);
                grad += 4;
                tap += 4;
              }
              if (byInput) store<f32>(pixel, value + sum);
              pixel += 4;
            }
          }
        }
      }
    }
  }
}

/** dx is overwritten. */
export function depthwiseInputGradient(dy: usize, filter: usize, dx: usize, n: i32): void {
  memory.fill(dx, 0, (n * inH * inW * channels) << 2);
  walk(true, dx, dy, filter, n);
}

/** dw is overwritten. */
export function depthwiseFilterGradient(x: usize, dy: usize, dw: usize, n: i32): void {
  memory.fill(dw, 0, (kernelH * kernelW * channels * multiplier) << 2);
  walk(false, x, dy, dw, n);
}
