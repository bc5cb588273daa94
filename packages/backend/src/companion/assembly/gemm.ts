// Single-precision matrix product on strided operands.
//
// C[m×n] = A·B or C += A·B, with A(i, p) at a + i·ars + p·acs and B(p, j) at b + p·brs + j·bcs
// (byte strides), so that transposition is only a matter of strides. B is packed block by block
// into panels of 8 columns; A is read where it lies, because broadcasting one of its numbers costs
// the same packed or not. The inner tile is 4×8: eight accumulators, two of B, one of A fit the 15
// vector registers that engines leave us.

/** Rows of B in a packed block. */
const KC: u32 = 256;
/** Columns of B in a packed block (512 KiB with KC). */
const NC: u32 = 512;
/** Rows of A walked before the next panel of B. */
const MC: u32 = 64;
/** Offset in scratch of the 4×8 tile that takes results at the right edge. */
const EDGE_TILE: usize = <usize>(KC * NC * 4);

/** Bytes of scratch that {@link gemm} needs. */
export function gemmScratchBytes(): u32 {
  return KC * NC * 4 + 128;
}

/** Packs `rows`×`cols` of B into panels of 8 columns, padded by zeros. */
function packB(b: usize, brs: u32, bcs: u32, rows: u32, cols: u32, out: usize): void {
  let j: u32 = 0;
  for (; j + 8 <= cols; j += 8) {
    let p = b + j * bcs;
    if (bcs == 4) {
      for (let r: u32 = 0; r < rows; r++) {
        v128.store(out, v128.load(p));
        v128.store(out, v128.load(p, 16), 16);
        p += brs;
        out += 32;
      }
    } else {
      for (let r: u32 = 0; r < rows; r++) {
        let q = p;
        store<f32>(out, load<f32>(q), 0);
        q += bcs;
        store<f32>(out, load<f32>(q), 4);
        q += bcs;
        store<f32>(out, load<f32>(q), 8);
        q += bcs;
        store<f32>(out, load<f32>(q), 12);
        q += bcs;
        store<f32>(out, load<f32>(q), 16);
        q += bcs;
        store<f32>(out, load<f32>(q), 20);
        q += bcs;
        store<f32>(out, load<f32>(q), 24);
        q += bcs;
        store<f32>(out, load<f32>(q), 28);
        p += brs;
        out += 32;
      }
    }
  }
  const left = cols - j;
  if (left == 0) return;
  let p = b + j * bcs;
  for (let r: u32 = 0; r < rows; r++) {
    v128.store(out, f32x4.splat(0));
    v128.store(out, f32x4.splat(0), 16);
    for (let q: u32 = 0; q < left; q++) store<f32>(out + (q << 2), load<f32>(p + q * bcs));
    p += brs;
    out += 32;
  }
}

/** Writes (or adds) a row of eight. */
@inline
function put(c: usize, low: v128, high: v128, accumulate: bool): void {
  if (accumulate) {
    low = f32x4.add(v128.load(c), low);
    high = f32x4.add(v128.load(c, 16), high);
  }
  v128.store(c, low);
  v128.store(c, high, 16);
}

/** Four rows whose numbers follow one another in memory (A as stored). */
function tile4(k: u32, a: usize, ars: u32, bp: usize, c: usize, ldc: u32, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let a0 = a, a1 = a0 + ars, a2 = a1 + ars, a3 = a2 + ars;
  const end = bp + (k << 5);
  const end4 = bp + ((k & ~3) << 5);
  while (bp < end4) {
    let b0 = v128.load(bp), b1 = v128.load(bp, 16);
    let s = v128.load32_splat(a0);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load32_splat(a1);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load32_splat(a2);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load32_splat(a3);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));

    b0 = v128.load(bp, 32);
    b1 = v128.load(bp, 48);
    s = v128.load32_splat(a0, 4);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load32_splat(a1, 4);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load32_splat(a2, 4);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load32_splat(a3, 4);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));

    b0 = v128.load(bp, 64);
    b1 = v128.load(bp, 80);
    s = v128.load32_splat(a0, 8);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load32_splat(a1, 8);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load32_splat(a2, 8);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load32_splat(a3, 8);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));

    b0 = v128.load(bp, 96);
    b1 = v128.load(bp, 112);
    s = v128.load32_splat(a0, 12);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load32_splat(a1, 12);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load32_splat(a2, 12);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load32_splat(a3, 12);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));

    bp += 128;
    a0 += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
  }
  while (bp < end) {
    const b0 = v128.load(bp), b1 = v128.load(bp, 16);
    let s = v128.load32_splat(a0);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load32_splat(a1);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load32_splat(a2);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load32_splat(a3);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));
    bp += 32;
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
  }
  put(c, c00, c01, accumulate);
  put(c + ldc, c10, c11, accumulate);
  put(c + ldc * 2, c20, c21, accumulate);
  put(c + ldc * 3, c30, c31, accumulate);
}

/** Four rows that lie side by side in memory (A stored transposed). */
function tile4T(k: u32, a: usize, acs: u32, bp: usize, c: usize, ldc: u32, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const end = bp + (k << 5);
  const end2 = bp + ((k & ~1) << 5);
  while (bp < end2) {
    let b0 = v128.load(bp), b1 = v128.load(bp, 16);
    let s = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));
    a += acs;

    b0 = v128.load(bp, 32);
    b1 = v128.load(bp, 48);
    s = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));
    a += acs;
    bp += 64;
  }
  if (bp < end) {
    const b0 = v128.load(bp), b1 = v128.load(bp, 16);
    let s = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));
  }
  put(c, c00, c01, accumulate);
  put(c + ldc, c10, c11, accumulate);
  put(c + ldc * 2, c20, c21, accumulate);
  put(c + ldc * 3, c30, c31, accumulate);
}

/** One row, any stride: what is left below the last four. */
function tile1(k: u32, a: usize, acs: u32, bp: usize, c: usize, accumulate: bool): void {
  let c0 = f32x4.splat(0), c1 = c0, d0 = c0, d1 = c0;
  const end = bp + (k << 5);
  const end2 = bp + ((k & ~1) << 5);
  while (bp < end2) {
    let s = v128.load32_splat(a);
    c0 = f32x4.add(c0, f32x4.mul(s, v128.load(bp)));
    c1 = f32x4.add(c1, f32x4.mul(s, v128.load(bp, 16)));
    a += acs;
    s = v128.load32_splat(a);
    d0 = f32x4.add(d0, f32x4.mul(s, v128.load(bp, 32)));
    d1 = f32x4.add(d1, f32x4.mul(s, v128.load(bp, 48)));
    a += acs;
    bp += 64;
  }
  if (bp < end) {
    const s = v128.load32_splat(a);
    c0 = f32x4.add(c0, f32x4.mul(s, v128.load(bp)));
    c1 = f32x4.add(c1, f32x4.mul(s, v128.load(bp, 16)));
  }
  put(c, f32x4.add(c0, d0), f32x4.add(c1, d1), accumulate);
}

/** Copies (or adds) the first `cols` numbers of each row of the edge tile to C. */
function putEdge(tile: usize, rows: u32, cols: u32, c: usize, ldc: u32, accumulate: bool): void {
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: u32 = 0; j < cols; j++) {
      const at = c + (j << 2);
      const value = load<f32>(tile + (j << 2));
      store<f32>(at, accumulate ? load<f32>(at) + value : value);
    }
    tile += 32;
    c += ldc;
  }
}

/**
 * C[m×n] = A·B (or += with `accumulate`); strides in bytes, C's rows `ldc` apart, `scratch` of
 * {@link gemmScratchBytes}. k = 0 gives zeros.
 */
export function gemm(
  a: usize,
  ars: u32,
  acs: u32,
  b: usize,
  brs: u32,
  bcs: u32,
  c: usize,
  ldc: u32,
  m: u32,
  n: u32,
  k: u32,
  accumulate: bool,
  scratch: usize,
): void {
  if (k == 0 && !accumulate) {
    for (let i: u32 = 0; i < m; i++) memory.fill(c + i * ldc, 0, n << 2);
    return;
  }
  const edge = scratch + EDGE_TILE;
  for (let jc: u32 = 0; jc < n; jc += NC) {
    const nc = min(NC, n - jc);
    for (let pc: u32 = 0; pc < k; pc += KC) {
      const kc = min(KC, k - pc);
      const add = accumulate || pc > 0;
      packB(b + pc * brs + jc * bcs, brs, bcs, kc, nc, scratch);
      for (let ic: u32 = 0; ic < m; ic += MC) {
        const stop = min(ic + MC, m);
        let panel = scratch;
        for (let j: u32 = 0; j < nc; j += 8) {
          const cols = nc - j;
          let i = ic;
          let ap = a + i * ars + pc * acs;
          let cp = c + i * ldc + ((jc + j) << 2);
          for (; i + 4 <= stop; i += 4) {
            if (cols >= 8) {
              if (acs == 4) tile4(kc, ap, ars, panel, cp, ldc, add);
              else tile4T(kc, ap, acs, panel, cp, ldc, add);
            } else {
              if (acs == 4) tile4(kc, ap, ars, panel, edge, 32, false);
              else tile4T(kc, ap, acs, panel, edge, 32, false);
              putEdge(edge, 4, cols, cp, ldc, add);
            }
            ap += ars << 2;
            cp += ldc << 2;
          }
          for (; i < stop; i++) {
            if (cols >= 8) tile1(kc, ap, acs, panel, cp, add);
            else {
              tile1(kc, ap, acs, panel, edge, false);
              putEdge(edge, 1, cols, cp, ldc, add);
            }
            ap += ars;
            cp += ldc;
          }
          panel += kc << 5;
        }
      }
    }
  }
}
