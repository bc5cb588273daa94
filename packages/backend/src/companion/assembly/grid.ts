// A square grid of features [side, side, channels] read bilinearly at places (x, y), and what the
// reading sends back. Outside the grid its edge is read. Channels are multiples of four.

/** y[rows, channels] from cells at places·scale + middle; `placeStride` bytes from place to place. */
export function gridRead(
  places: usize, placeStride: u32, cells: usize, y: usize, yStride: u32,
  rows: u32, side: u32, channels: u32, scale: f32, middle: f32,
): void {
  const last = <f32>(side - 1);
  const cell = channels << 2;
  const line = cell * side;
  for (let r: u32 = 0; r < rows; r++) {
    const x = min<f32>(max<f32>(load<f32>(places) * scale + middle, 0), last);
    const v = min<f32>(max<f32>(load<f32>(places + 4) * scale + middle, 0), last);
    const lowX = min<f32>(floor<f32>(x), last - 1);
    const lowY = min<f32>(floor<f32>(v), last - 1);
    const fx = f32x4.splat(x - lowX);
    const fy = f32x4.splat(v - lowY);
    const at = cells + <u32>lowY * line + <u32>lowX * cell;
    for (let c: u32 = 0; c < cell; c += 16) {
      const a = v128.load(at + c), b = v128.load(at + c + cell);
      const d = v128.load(at + c + line), e = v128.load(at + c + line + cell);
      const top = f32x4.add(a, f32x4.mul(f32x4.sub(b, a), fx));
      const bottom = f32x4.add(d, f32x4.mul(f32x4.sub(e, d), fx));
      v128.store(y + c, f32x4.add(top, f32x4.mul(f32x4.sub(bottom, top), fy)));
    }
    places += placeStride;
    y += yStride;
  }
}

@inline
function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3);
}

/** toCells += and toPlaces = (both dense) from dy[rows, channels]. */
export function gridGradient(
  places: usize, placeStride: u32, cells: usize, dy: usize, dyStride: u32, toCells: usize, toPlaces: usize,
  rows: u32, side: u32, channels: u32, scale: f32, middle: f32,
): void {
  const last = <f32>(side - 1);
  const cell = channels << 2;
  const line = cell * side;
  const one = f32x4.splat(1);
  for (let r: u32 = 0; r < rows; r++) {
    const freeX = load<f32>(places) * scale + middle;
    const freeY = load<f32>(places + 4) * scale + middle;
    const x = min<f32>(max<f32>(freeX, 0), last);
    const v = min<f32>(max<f32>(freeY, 0), last);
    const lowX = min<f32>(floor<f32>(x), last - 1);
    const lowY = min<f32>(floor<f32>(v), last - 1);
    const fx = f32x4.splat(x - lowX);
    const fy = f32x4.splat(v - lowY);
    const offset = <u32>lowY * line + <u32>lowX * cell;
    const at = cells + offset;
    const to = toCells + offset;
    let alongX = f32x4.splat(0), alongY = f32x4.splat(0);
    for (let c: u32 = 0; c < cell; c += 16) {
      const g = v128.load(dy + c);
      const a = v128.load(at + c), b = v128.load(at + c + cell);
      const d = v128.load(at + c + line), e = v128.load(at + c + line + cell);
      const ba = f32x4.sub(b, a), ed = f32x4.sub(e, d);
      const da = f32x4.sub(d, a), eb = f32x4.sub(e, b);
      alongX = f32x4.add(alongX, f32x4.mul(g, f32x4.add(ba, f32x4.mul(f32x4.sub(ed, ba), fy))));
      alongY = f32x4.add(alongY, f32x4.mul(g, f32x4.add(da, f32x4.mul(f32x4.sub(eb, da), fx))));
      const right = f32x4.mul(g, fx), left = f32x4.sub(g, right);
      const up = f32x4.sub(one, fy);
      v128.store(to + c, f32x4.add(v128.load(to + c), f32x4.mul(left, up)));
      v128.store(to + c + cell, f32x4.add(v128.load(to + c + cell), f32x4.mul(right, up)));
      v128.store(to + c + line, f32x4.add(v128.load(to + c + line), f32x4.mul(left, fy)));
      v128.store(to + c + line + cell, f32x4.add(v128.load(to + c + line + cell), f32x4.mul(right, fy)));
    }
    store<f32>(toPlaces, x == freeX ? sumLanes(alongX) * scale : 0);
    store<f32>(toPlaces + 4, v == freeY ? sumLanes(alongY) * scale : 0);
    places += placeStride;
    dy += dyStride;
    toPlaces += 8;
  }
}

/** C[m×n] = op(A)·op(B) by plain loops: for products too small to be packed. Strides in bytes. */
export function tinyGemm(
  a: usize, aRow: u32, aColumn: u32, b: usize, bRow: u32, bColumn: u32, c: usize, m: u32, n: u32, k: u32,
): void {
  for (let i: u32 = 0; i < m; i++) {
    for (let j: u32 = 0; j < n; j++) {
      let from = a + i * aRow;
      let with_ = b + j * bColumn;
      let sum: f32 = 0;
      for (let p: u32 = 0; p < k; p++) {
        sum += load<f32>(from) * load<f32>(with_);
        from += aColumn;
        with_ += bRow;
      }
      store<f32>(c, sum);
      c += 4;
    }
  }
}
