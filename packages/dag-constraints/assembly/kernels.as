// Double-precision kernels of the linear learners, on row-major n×n matrices in this module's memory.
// n is a multiple of 4 (callers pad with zeros). AssemblyScript; built by tools/build-kernels.mjs.
// Addresses are bytes.

/** Tile of 4×4 at `at` += four values a step of `x` times four of `y`, over `count` steps. */
@inline
function update(at: usize, row: usize, x: usize, y: usize, yStep: usize, count: u32): void {
  const at1 = at + row;
  const at2 = at1 + row;
  const at3 = at2 + row;
  let c00 = v128.load(at);
  let c01 = v128.load(at, 16);
  let c10 = v128.load(at1);
  let c11 = v128.load(at1, 16);
  let c20 = v128.load(at2);
  let c21 = v128.load(at2, 16);
  let c30 = v128.load(at3);
  let c31 = v128.load(at3, 16);
  for (let p: u32 = 0; p < count; p++) {
    const b0 = v128.load(y);
    const b1 = v128.load(y, 16);
    let a = v128.load_splat<f64>(x);
    c00 = f64x2.add(c00, f64x2.mul(a, b0));
    c01 = f64x2.add(c01, f64x2.mul(a, b1));
    a = v128.load_splat<f64>(x, 8);
    c10 = f64x2.add(c10, f64x2.mul(a, b0));
    c11 = f64x2.add(c11, f64x2.mul(a, b1));
    a = v128.load_splat<f64>(x, 16);
    c20 = f64x2.add(c20, f64x2.mul(a, b0));
    c21 = f64x2.add(c21, f64x2.mul(a, b1));
    a = v128.load_splat<f64>(x, 24);
    c30 = f64x2.add(c30, f64x2.mul(a, b0));
    c31 = f64x2.add(c31, f64x2.mul(a, b1));
    x += 32;
    y += yStep;
  }
  v128.store(at, c00);
  v128.store(at, c01, 16);
  v128.store(at1, c10);
  v128.store(at1, c11, 16);
  v128.store(at2, c20);
  v128.store(at2, c21, 16);
  v128.store(at3, c30);
  v128.store(at3, c31, 16);
}

/** Columns `from` to `from + count` of four rows of A, column after column. */
@inline
function packRows(a: usize, row: usize, count: u32, out: usize): void {
  const a1 = a + row;
  const a2 = a1 + row;
  const a3 = a2 + row;
  for (let p: usize = 0; p < <usize>count << 3; p += 8) {
    store<f64>(out, load<f64>(a + p));
    store<f64>(out, load<f64>(a1 + p), 8);
    store<f64>(out, load<f64>(a2 + p), 16);
    store<f64>(out, load<f64>(a3 + p), 24);
    out += 32;
  }
}

/** Rows of A that are packed and used together. */
const ROWS: u32 = 48;

/** out = A·B + beta·base. `out` is none of A, B and base; `pack` has room for n² + 48n doubles. */
export function product(a: usize, b: usize, base: usize, beta: f64, out: usize, n: u32, pack: usize): void {
  const row = <usize>n << 3;
  const size = <usize>n * row;
  const f = f64x2.splat(beta);
  for (let at: usize = 0; at < size; at += 16) {
    v128.store(out + at, f64x2.mul(f, v128.load(base + at)));
  }
  // B in strips of 4 columns, row after row, so that what a tile reads lies together.
  let to = pack;
  for (let j: usize = 0; j < row; j += 32) {
    for (let from = b + j; from < b + size; from += row) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += 32;
    }
  }
  const packedA = pack + size;
  for (let i0: u32 = 0; i0 < n; i0 += ROWS) {
    const rows = min(ROWS, n - i0);
    for (let i: u32 = 0; i < rows; i += 4) {
      packRows(a + <usize>(i0 + i) * row, row, n, packedA + <usize>i * row);
    }
    for (let j: usize = 0; j < row; j += 32) {
      const packedB = pack + j * <usize>n;
      for (let i: u32 = 0; i < rows; i += 4) {
        update(out + <usize>(i0 + i) * row + j, row, packedA + <usize>i * row, packedB, 32, n);
      }
    }
  }
}

/** y += factor·x over n numbers, n a multiple of 4. */
@inline
function axpy(factor: f64, x: usize, y: usize, n: u32): void {
  const f = f64x2.splat(factor);
  const end = x + (<usize>n << 3);
  while (x < end) {
    v128.store(y, f64x2.add(v128.load(y), f64x2.mul(f, v128.load(x))));
    v128.store(y, f64x2.add(v128.load(y, 16), f64x2.mul(f, v128.load(x, 16))), 16);
    x += 32;
    y += 32;
  }
}

/**
 * B ≥ 0 becomes (I − B)⁻¹ − I in place by Kleene's elimination (see closeOver in TypeScript), `block`
 * nodes at a time: first the rows of the block alone, then all others by one product. `loops` takes
 * the n weights of the loops, from which the determinant comes. False where ρ(B) ≥ 1.
 */
export function close(b: usize, n: u32, block: u32, loops: usize, pack: usize): bool {
  const row = <usize>n << 3;
  for (let k0: u32 = 0; k0 < n; k0 += block) {
    const k1 = min(n, k0 + block);
    for (let k = k0; k < k1; k++) {
      const from = b + <usize>k * row;
      const loop = load<f64>(from + (<usize>k << 3));
      store<f64>(loops + (<usize>k << 3), loop);
      if (!(loop < 1)) return false;
      const scale = f64x2.splat(1 / (1 - loop));
      for (let at: usize = 0; at < row; at += 16) {
        v128.store(from + at, f64x2.mul(scale, v128.load(from + at)));
      }
      for (let i = k0; i < k1; i++) {
        if (i == k) continue;
        const to = b + <usize>i * row;
        axpy(load<f64>(to + (<usize>k << 3)), from, to, n);
      }
    }
    const panel = b + <usize>k0 * row;
    for (let i: u32 = 0; i < n; i += 4) {
      if (i >= k0 && i < k1) continue;
      const to = b + <usize>i * row;
      packRows(to + (<usize>k0 << 3), row, k1 - k0, pack);
      for (let j: usize = 0; j < row; j += 32) update(to + j, row, pack, panel + j, row, k1 - k0);
    }
  }
  return true;
}

/** out = factor·(W∘W)ᵀ. */
export function squareTransposed(w: usize, out: usize, n: u32, factor: f64): void {
  const row = <usize>n << 3;
  const f = f64x2.splat(factor);
  for (let i: usize = 0; i < n; i += 2) {
    let from = w + i * row;
    let to = out + (i << 3);
    for (let j: u32 = 0; j < n; j += 2) {
      let x = v128.load(from);
      let y = v128.load(from + row);
      x = f64x2.mul(f, f64x2.mul(x, x));
      y = f64x2.mul(f, f64x2.mul(y, y));
      v128.store(to, v128.shuffle<f64>(x, y, 0, 2));
      v128.store(to + row, v128.shuffle<f64>(x, y, 1, 3));
      from += 16;
      to += row << 1;
    }
  }
}

/** out = Σ cₖ·Pₖ over `count` matrices that lie one behind the other. */
export function combine(coefficients: usize, powers: usize, count: u32, out: usize, n: u32): void {
  const size = <usize>n * (<usize>n << 3);
  for (let at: usize = 0; at < size; at += 16) {
    let sum = f64x2.splat(0);
    for (let k: u32 = 0; k < count; k++) {
      const c = v128.load_splat<f64>(coefficients + (<usize>k << 3));
      sum = f64x2.add(sum, f64x2.mul(c, v128.load(powers + <usize>k * size + at)));
    }
    v128.store(out + at, sum);
  }
}

/** gradient += factor·W∘S. */
export function addProduct(gradient: usize, factor: f64, w: usize, s: usize, n: u32): void {
  const f = f64x2.splat(factor);
  const size = <usize>n * (<usize>n << 3);
  for (let at: usize = 0; at < size; at += 16) {
    const x = f64x2.mul(f, f64x2.mul(v128.load(w + at), v128.load(s + at)));
    v128.store(gradient + at, f64x2.add(v128.load(gradient + at), x));
  }
}

/** Cholesky's pivots are at least this part of the diagonal they come from. */
const LEAST_PIVOT: f64 = 1e-14;

/**
 * The lower triangle of A's first `count` rows becomes L with A = LLᵀ; above the diagonal nothing counts. Four
 * rows at a time, each from all before it. A pivot that is raised has 0 below it: what stands there is
 * rounding. The rows up to the next multiple of 4 are scratch; `pack` has room for n² + 5n doubles.
 */
export function cholesky(a: usize, n: u32, count: u32, pack: usize): void {
  const row = <usize>n << 3;
  const own = pack + <usize>n * row; // L of the four rows, column after column; −L of all before in `pack`
  const inverse = own + 4 * row; // of the pivots, 0 of those that were raised
  for (let i: u32 = 0; i < count; i += 4) {
    const at = a + <usize>i * row;
    const kept = pack + <usize>i * row;
    for (let j: u32 = 0; j < i; j += 4) {
      const to = <usize>j << 3;
      update(at + to, row, own, pack + <usize>j * row, 32, j);
      const l1 = a + <usize>j * row + to + row;
      const l2 = l1 + row;
      const l3 = l2 + row;
      const d0 = load<f64>(inverse + to);
      const d1 = load<f64>(inverse + to, 8);
      const d2 = load<f64>(inverse + to, 16);
      const d3 = load<f64>(inverse + to, 24);
      const l10 = load<f64>(l1);
      const l20 = load<f64>(l2);
      const l21 = load<f64>(l2, 8);
      const l30 = load<f64>(l3);
      const l31 = load<f64>(l3, 8);
      const l32 = load<f64>(l3, 16);
      for (let r: usize = 0; r < 4; r++) {
        const t = at + r * row + to;
        const x0 = load<f64>(t) * d0;
        const x1 = (load<f64>(t, 8) - x0 * l10) * d1;
        const x2 = (load<f64>(t, 16) - x0 * l20 - x1 * l21) * d2;
        const x3 = (load<f64>(t, 24) - x0 * l30 - x1 * l31 - x2 * l32) * d3;
        put(t, own, kept, (to << 2) + (r << 3), x0);
        put(t + 8, own, kept, (to << 2) + (r << 3) + 32, x1);
        put(t + 16, own, kept, (to << 2) + (r << 3) + 64, x2);
        put(t + 24, own, kept, (to << 2) + (r << 3) + 96, x3);
      }
    }
    const corner = at + (<usize>i << 3);
    // Where the inverse will be, what the pivot must exceed.
    for (let r: usize = 0; r < 4; r++) {
      const d = load<f64>(corner + r * row + (r << 3));
      store<f64>(inverse + ((<usize>i + r) << 3), LEAST_PIVOT * d);
    }
    update(corner, row, own, kept, 32, i);
    for (let r: usize = 0; r < 4; r++) {
      const t = corner + r * row;
      for (let c: usize = 0; c <= r; c++) {
        const l = corner + c * row;
        let value = load<f64>(t + (c << 3));
        for (let m: usize = 0; m < c << 3; m += 8) value -= load<f64>(t + m) * load<f64>(l + m);
        const at = inverse + ((<usize>i + c) << 3);
        if (c < r) value *= load<f64>(at);
        else {
          const least = load<f64>(at);
          store<f64>(at, value > least ? 1 / sqrt(value) : 0);
          value = sqrt(max(value, least));
        }
        put(t + (c << 3), own, kept, (((<usize>i + c) << 2) + r) << 3, value);
      }
    }
  }
}

/** A value of L into its row, and with either sign where `update` reads it. */
@inline
function put(at: usize, own: usize, kept: usize, offset: usize, value: f64): void {
  store<f64>(at, value);
  store<f64>(own + offset, value);
  store<f64>(kept + offset, -value);
}

/** out = C·z for a symmetric C: its rows where z is not 0. */
export function multiply(c: usize, z: usize, out: usize, n: u32): void {
  const row = <usize>n << 3;
  for (let at: usize = 0; at < row; at += 16) v128.store(out + at, f64x2.splat(0));
  for (let at: usize = 0; at < row; at += 8) {
    const value = load<f64>(z + at);
    if (value != 0) axpy(value, c + at * n, out, n);
  }
}

const BETA1: f64 = 0.99;
const BETA2: f64 = 0.999;

/**
 * Adam steps of DAGMA: minimises μ(½ tr (I − W)ᵀC(I − W) + λ‖W‖₁) − log det(I − W∘W/s), the diagonal
 * of W being masked. W goes from `w` to `other` and back with every step. Returns the steps done:
 * fewer than `count` where the W they led to is outside the domain.
 */
export function adamSteps(
  w: usize, other: usize, c: usize, star: usize, slope: usize, first: usize, second: usize, mask: usize,
  loops: usize, pack: usize, n: u32, block: u32,
  mu: f64, lambda: f64, s: f64, rate: f64, power1: f64, power2: f64, count: u32,
): u32 {
  const size = <usize>n * (<usize>n << 3);
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  const sign = f64x2.splat(-0.0);
  const b1 = f64x2.splat(BETA1);
  const b2 = f64x2.splat(BETA2);
  const r1 = f64x2.splat(1 - BETA1);
  const r2 = f64x2.splat(1 - BETA2);
  const small = f64x2.splat(1e-8);
  const m = f64x2.splat(mu);
  const l = f64x2.splat(lambda);
  const t = f64x2.splat(2 / s);
  for (let step: u32 = 0; step < count; step++) {
    squareTransposed(w, star, n, 1 / s);
    if (!close(star, n, block, loops, pack)) return step;
    // `close` leaves out the identity, which only the slopes of self-loops need.
    for (let i: usize = 0; i < <usize>n; i++) {
      const at = star + ((i * (<usize>n + 1)) << 3);
      store<f64>(at, load<f64>(at) + 1);
    }
    product(c, w, c, -1, slope, n, pack);
    power1 *= BETA1;
    power2 *= BETA2;
    const scale1 = f64x2.splat(rate / (1 - power1));
    const scale2 = f64x2.splat(1 / (1 - power2));
    for (let at: usize = 0; at < size; at += 16) {
      const x = v128.load(w + at);
      const signum = v128.and(f64x2.ne(x, zero), v128.or(v128.and(x, sign), one));
      let g = f64x2.mul(m, f64x2.add(v128.load(slope + at), f64x2.mul(l, signum)));
      g = f64x2.add(g, f64x2.mul(t, f64x2.mul(x, v128.load(star + at))));
      g = f64x2.mul(g, v128.load(mask + at));
      const mean = f64x2.add(f64x2.mul(b1, v128.load(first + at)), f64x2.mul(r1, g));
      const square = f64x2.add(f64x2.mul(b2, v128.load(second + at)), f64x2.mul(r2, f64x2.mul(g, g)));
      v128.store(first + at, mean);
      v128.store(second + at, square);
      const root = f64x2.add(f64x2.sqrt(f64x2.mul(scale2, square)), small);
      v128.store(other + at, f64x2.sub(x, f64x2.div(f64x2.mul(scale1, mean), root)));
    }
    const swap = w;
    w = other;
    other = swap;
  }
  return count;
}
