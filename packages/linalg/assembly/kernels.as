// Double-precision kernels on row-major matrices in this module's memory: product, LU, triangular
// solves. AssemblyScript; built by tools/build-kernels.mjs. Addresses and strides are bytes.

/** Rows of B in a packed block, rows of A and columns of B that go with it. */
const KC: u32 = 256;
const MC: u32 = 96;
const NC: u32 = 512;
const PACKED_A: usize = <usize>(MC * KC * 8);
const PACKED_B: usize = <usize>(NC * KC * 8);
/** Width of the panels of LU and of the triangular solves. */
const PANEL: u32 = 32;

/** Bytes of scratch that every function here needs. */
export function scratchBytes(): u32 {
  return <u32>(PACKED_A + PACKED_B) + 128;
}

/** `rows`×`cols` of alpha·A in strips of 4 rows, column after column; missing rows are 0. */
function packA(a: usize, ars: u32, acs: u32, rows: u32, cols: u32, alpha: f64, out: usize): void {
  for (let i: u32 = 0; i < rows; i += 4) {
    const full = rows - i >= 4;
    let p = a + i * ars;
    for (let q: u32 = 0; q < cols; q++) {
      if (full) {
        store<f64>(out, alpha * load<f64>(p), 0);
        store<f64>(out, alpha * load<f64>(p + ars), 8);
        store<f64>(out, alpha * load<f64>(p + 2 * ars), 16);
        store<f64>(out, alpha * load<f64>(p + 3 * ars), 24);
      } else {
        for (let r: u32 = 0; r < 4; r++) {
          store<f64>(out + (r << 3), i + r < rows ? alpha * load<f64>(p + r * ars) : 0);
        }
      }
      p += acs;
      out += 32;
    }
  }
}

/** `rows`×`cols` of B in strips of 4 columns, row after row; missing columns are 0. */
function packB(b: usize, brs: u32, bcs: u32, rows: u32, cols: u32, out: usize): void {
  for (let j: u32 = 0; j < cols; j += 4) {
    const full = cols - j >= 4;
    let p = b + j * bcs;
    for (let q: u32 = 0; q < rows; q++) {
      if (full && bcs == 8) {
        v128.store(out, v128.load(p));
        v128.store(out, v128.load(p, 16), 16);
      } else if (full) {
        store<f64>(out, load<f64>(p), 0);
        store<f64>(out, load<f64>(p + bcs), 8);
        store<f64>(out, load<f64>(p + 2 * bcs), 16);
        store<f64>(out, load<f64>(p + 3 * bcs), 24);
      } else {
        for (let r: u32 = 0; r < 4; r++) {
          store<f64>(out + (r << 3), j + r < cols ? load<f64>(p + r * bcs) : 0);
        }
      }
      p += brs;
      out += 32;
    }
  }
}

/** C[4×4] += strip of A · strip of B over k steps: eight accumulators stay in registers. */
function tile(k: u32, a: usize, b: usize, c: usize, crs: u32): void {
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const end = a + (k << 5);
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f64>(a);
    c00 = f64x2.add(c00, f64x2.mul(x, b0));
    c01 = f64x2.add(c01, f64x2.mul(x, b1));
    x = v128.load_splat<f64>(a, 8);
    c10 = f64x2.add(c10, f64x2.mul(x, b0));
    c11 = f64x2.add(c11, f64x2.mul(x, b1));
    x = v128.load_splat<f64>(a, 16);
    c20 = f64x2.add(c20, f64x2.mul(x, b0));
    c21 = f64x2.add(c21, f64x2.mul(x, b1));
    x = v128.load_splat<f64>(a, 24);
    c30 = f64x2.add(c30, f64x2.mul(x, b0));
    c31 = f64x2.add(c31, f64x2.mul(x, b1));
    a += 32;
    b += 32;
  }
  v128.store(c, f64x2.add(v128.load(c), c00));
  v128.store(c, f64x2.add(v128.load(c, 16), c01), 16);
  c += crs;
  v128.store(c, f64x2.add(v128.load(c), c10));
  v128.store(c, f64x2.add(v128.load(c, 16), c11), 16);
  c += crs;
  v128.store(c, f64x2.add(v128.load(c), c20));
  v128.store(c, f64x2.add(v128.load(c, 16), c21), 16);
  c += crs;
  v128.store(c, f64x2.add(v128.load(c), c30));
  v128.store(c, f64x2.add(v128.load(c, 16), c31), 16);
}

/** The same at the edge of C, through a 4×4 tile in scratch. */
function edgeTile(k: u32, a: usize, b: usize, c: usize, crs: u32, rows: u32, cols: u32, spare: usize): void {
  memory.fill(spare, 0, 128);
  tile(k, a, b, spare, 32);
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: u32 = 0; j < cols; j++) {
      const at = c + i * crs + (j << 3);
      store<f64>(at, load<f64>(at) + load<f64>(spare + (i << 5) + (j << 3)));
    }
  }
}

/**
 * C[m×n] += alpha·A·B. A(i, p) lies at a + i·ars + p·acs, B alike (so either may be transposed), rows
 * of C are contiguous. Blocked as Goto & van de Geijn 2008.
 */
export function gemm(
  a: usize, ars: u32, acs: u32, b: usize, brs: u32, bcs: u32, c: usize, crs: u32,
  m: u32, n: u32, k: u32, alpha: f64, scratch: usize,
): void {
  const packedA = scratch;
  const packedB = scratch + PACKED_A;
  const spare = packedB + PACKED_B;
  for (let j0: u32 = 0; j0 < n; j0 += NC) {
    const nc = min(NC, n - j0);
    for (let p0: u32 = 0; p0 < k; p0 += KC) {
      const kc = min(KC, k - p0);
      packB(b + p0 * brs + j0 * bcs, brs, bcs, kc, nc, packedB);
      for (let i0: u32 = 0; i0 < m; i0 += MC) {
        const mc = min(MC, m - i0);
        packA(a + i0 * ars + p0 * acs, ars, acs, mc, kc, alpha, packedA);
        for (let j: u32 = 0; j < nc; j += 4) {
          const bs = packedB + j * (kc << 3);
          for (let i: u32 = 0; i < mc; i += 4) {
            const as = packedA + i * (kc << 3);
            const at = c + (i0 + i) * crs + ((j0 + j) << 3);
            if (mc - i >= 4 && nc - j >= 4) tile(kc, as, bs, at, crs);
            else edgeTile(kc, as, bs, at, crs, min<u32>(4, mc - i), min<u32>(4, nc - j), spare);
          }
        }
      }
    }
  }
}

/** y += factor·x over n numbers. */
@inline
function axpy(factor: f64, x: usize, y: usize, n: u32): void {
  const f = f64x2.splat(factor);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(f, v128.load(x))));
    v128.store(y, f64x2.add(v128.load(y, 16), f64x2.mul(f, v128.load(x, 16))), 16);
    x += 32;
    y += 32;
  }
  for (; i < n; i++) {
    store<f64>(y, load<f64>(y) + factor * load<f64>(x));
    x += 8;
    y += 8;
  }
}

function swapRows(x: usize, y: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const kept = load<f64>(x);
    store<f64>(x, load<f64>(y));
    store<f64>(y, kept);
    x += 8;
    y += 8;
  }
}

/**
 * P·A = L·U in place with partial pivoting. `rows` holds n int32 and must start as 0 … n − 1; it
 * becomes the row of A that each row of P·A is. Returns the number of swaps, or −1 − swaps where a
 * pivot was 0 or not a number.
 */
export function lu(a: usize, n: u32, rows: usize, scratch: usize): i32 {
  const rs = n << 3;
  let swaps = 0;
  let singular = false;
  for (let k0: u32 = 0; k0 < n; k0 += PANEL) {
    const k1 = min(n, k0 + PANEL);
    for (let k = k0; k < k1; k++) {
      let best = k;
      let size = abs(load<f64>(a + k * rs + (k << 3)));
      for (let i = k + 1; i < n; i++) {
        const candidate = abs(load<f64>(a + i * rs + (k << 3)));
        if (candidate > size) {
          size = candidate;
          best = i;
        }
      }
      if (!(size > 0)) {
        singular = true;
        continue;
      }
      if (best != k) {
        swapRows(a + k * rs, a + best * rs, n);
        const kept = load<i32>(rows + (k << 2));
        store<i32>(rows + (k << 2), load<i32>(rows + (best << 2)));
        store<i32>(rows + (best << 2), kept);
        swaps++;
      }
      const from = a + k * rs + (k << 3);
      const pivot = load<f64>(from);
      for (let i = k + 1; i < n; i++) {
        const to = a + i * rs + (k << 3);
        const factor = load<f64>(to) / pivot;
        store<f64>(to, factor);
        axpy(-factor, from + 8, to + 8, k1 - k - 1);
      }
    }
    if (k1 == n) break;
    // The rows of the panel right of it, then everything below and right in one product.
    for (let i = k0 + 1; i < k1; i++) {
      for (let p = k0; p < i; p++) {
        axpy(-load<f64>(a + i * rs + (p << 3)), a + p * rs + (k1 << 3), a + i * rs + (k1 << 3), n - k1);
      }
    }
    gemm(
      a + k1 * rs + (k0 << 3), rs, 8, a + k0 * rs + (k1 << 3), rs, 8, a + k1 * rs + (k1 << 3), rs,
      n - k1, n - k1, k1 - k0, -1, scratch,
    );
  }
  return singular ? -1 - swaps : swaps;
}

/** x /= pivot over n numbers. */
function divide(x: usize, pivot: f64, n: u32): void {
  const p = f64x2.splat(pivot);
  const end = x + (n << 3);
  const whole = x + ((n & ~1) << 3);
  for (; x < whole; x += 16) v128.store(x, f64x2.div(v128.load(x), p));
  if (x < end) store<f64>(x, load<f64>(x) / pivot);
}

/** Rows y −= T·X, row by row: T is rows×k, X k×n. */
function subtractEach(
  t: usize, trs: u32, tcs: u32, x: usize, y: usize, xrs: u32, rows: u32, k: u32, n: u32,
): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let p: u32 = 0; p < k; p++) {
      axpy(-load<f64>(t + i * trs + p * tcs), x + p * xrs, y + i * xrs, n);
    }
  }
}

/** The same for four rows at once: what is read of X serves all four, and sums stay in registers. */
function subtractRows(
  t: usize, trs: u32, tcs: u32, x: usize, y: usize, xrs: u32, k: u32, n: u32,
): void {
  let j: u32 = 0;
  for (; j + 4 <= n; j += 4) {
    const y0 = y + (j << 3);
    let c00 = v128.load(y0);
    let c01 = v128.load(y0, 16);
    const y1 = y0 + xrs;
    let c10 = v128.load(y1);
    let c11 = v128.load(y1, 16);
    const y2 = y1 + xrs;
    let c20 = v128.load(y2);
    let c21 = v128.load(y2, 16);
    const y3 = y2 + xrs;
    let c30 = v128.load(y3);
    let c31 = v128.load(y3, 16);
    let at = t;
    let from = x + (j << 3);
    for (let p: u32 = 0; p < k; p++) {
      const b0 = v128.load(from);
      const b1 = v128.load(from, 16);
      let f = v128.load_splat<f64>(at);
      c00 = f64x2.sub(c00, f64x2.mul(f, b0));
      c01 = f64x2.sub(c01, f64x2.mul(f, b1));
      f = v128.load_splat<f64>(at + trs);
      c10 = f64x2.sub(c10, f64x2.mul(f, b0));
      c11 = f64x2.sub(c11, f64x2.mul(f, b1));
      f = v128.load_splat<f64>(at + 2 * trs);
      c20 = f64x2.sub(c20, f64x2.mul(f, b0));
      c21 = f64x2.sub(c21, f64x2.mul(f, b1));
      f = v128.load_splat<f64>(at + 3 * trs);
      c30 = f64x2.sub(c30, f64x2.mul(f, b0));
      c31 = f64x2.sub(c31, f64x2.mul(f, b1));
      at += tcs;
      from += xrs;
    }
    v128.store(y0, c00);
    v128.store(y0, c01, 16);
    v128.store(y1, c10);
    v128.store(y1, c11, 16);
    v128.store(y2, c20);
    v128.store(y2, c21, 16);
    v128.store(y3, c30);
    v128.store(y3, c31, 16);
  }
  if (j < n) subtractEach(t, trs, tcs, x + (j << 3), y + (j << 3), xrs, 4, k, n - j);
}

/**
 * X[n×m] := T⁻¹X for a triangle T with entries at t + i·trs + j·tcs (swap the strides for Tᵀ), lower
 * or upper, with the diagonal taken as 1 or read. With `identity` X starts as the identity and T is
 * lower: what lies right of the diagonal stays 0 and is not worked on.
 */
export function solveTriangle(
  t: usize, trs: u32, tcs: u32, lower: bool, unit: bool, identity: bool, x: usize, n: u32, m: u32,
  scratch: usize,
): void {
  const xrs = m << 3;
  const panels = (n + PANEL - 1) / PANEL;
  for (let panel: u32 = 0; panel < panels; panel++) {
    const start = (lower ? panel : panels - 1 - panel) * PANEL;
    const end = min(n, start + PANEL);
    const done = lower ? 0 : end;
    const count = lower ? start : n - end;
    if (count > 0) {
      gemm(
        t + start * trs + done * tcs, trs, tcs, x + done * xrs, xrs, 8, x + start * xrs, xrs,
        end - start, identity ? start : m, count, -1, scratch,
      );
    }
    const width = identity ? end : m;
    const size = end - start;
    for (let step: u32 = 0; step < size; step += 4) {
      // Four rows at a time: what the rows of this panel before them take off, then among themselves.
      const rows = min<u32>(4, size - step);
      const first = lower ? start + step : end - step - rows;
      if (step > 0) {
        const p = lower ? start : end - step;
        if (rows == 4) subtractRows(t + first * trs + p * tcs, trs, tcs, x + p * xrs, x + first * xrs, xrs, step, width);
        else subtractEach(t + first * trs + p * tcs, trs, tcs, x + p * xrs, x + first * xrs, xrs, rows, step, width);
      }
      for (let r: u32 = 0; r < rows; r++) {
        const i = lower ? first + r : first + rows - 1 - r;
        const to = x + i * xrs;
        for (let q: u32 = 0; q < r; q++) {
          const p = lower ? first + q : first + rows - 1 - q;
          axpy(-load<f64>(t + i * trs + p * tcs), x + p * xrs, to, width);
        }
        if (!unit) divide(to, load<f64>(t + i * trs + i * tcs), width);
      }
    }
  }
}
