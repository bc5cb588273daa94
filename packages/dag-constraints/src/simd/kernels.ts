import { kernelsBinary } from './binary';

/** The functions of assembly/kernels.as. Matrices are addresses of buffers, n their padded size. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  product(
    a: number,
    b: number,
    base: number,
    beta: number,
    out: number,
    n: number,
    pack: number,
  ): void;
  close(b: number, n: number, block: number, loops: number, pack: number): number;
  squareTransposed(w: number, out: number, n: number, factor: number): void;
  combine(coefficients: number, powers: number, count: number, out: number, n: number): void;
  addProduct(gradient: number, factor: number, w: number, s: number, n: number): void;
  cholesky(a: number, n: number, count: number, pack: number): void;
  multiply(c: number, z: number, out: number, n: number): void;
  adamSteps(
    w: number,
    other: number,
    c: number,
    star: number,
    slope: number,
    first: number,
    second: number,
    mask: number,
    loops: number,
    pack: number,
    n: number,
    block: number,
    mu: number,
    lambda: number,
    s: number,
    rate: number,
    power1: number,
    power2: number,
    count: number,
  ): number;
}

/** An array in the kernels' memory. */
export interface Buffer {
  readonly address: number;
  readonly values: Float64Array;
}

/** Kernels with memory of their own, for d×d matrices padded to n×n, n a multiple of 4. */
export interface Kernels extends Exports {
  readonly n: number;
  /** Nodes that `close` takes at a time: few, so that the block stays cheap; more where memory is slow. */
  readonly block: number;
  /** Scratch of `product`, `close` and `cholesky`. */
  readonly pack: number;
  /** Room for the loops of `close` or the coefficients of `combine`: n, and at least 8. */
  readonly loops: Buffer;
  readonly matrices: readonly Buffer[];
  /** Of n numbers each. */
  readonly vectors: readonly Buffer[];
  /** Copies a d×d matrix into a buffer. */
  put(values: ArrayLike<number>, into: Buffer): void;
  /** Copies a buffer into a d×d matrix. */
  take(from: Buffer, out: Float64Array): Float64Array;
}

/** Below 1024 lies what AssemblyScript keeps for itself. */
const BASE = 1024;
const PAGE = 65536;

let compiled: { readonly module: WebAssembly.Module | undefined } | undefined;

/** The module, compiled on first use (a cache, not a setting); undefined without SIMD. */
function kernelsModule(): WebAssembly.Module | undefined {
  if (!compiled) {
    try {
      const bytes = Uint8Array.from(atob(kernelsBinary), (character) => character.charCodeAt(0));
      compiled = { module: new WebAssembly.Module(bytes) };
    } catch {
      // No WebAssembly SIMD, or a page that forbids compiling: the JavaScript kernels do it all.
      compiled = { module: undefined };
    }
  }
  return compiled.module;
}

/** Kernels, `count` zero matrices and `vectors` for d variables, or undefined where there is no SIMD. */
export function openKernels(d: number, count: number, vectors = 0): Kernels | undefined {
  const module = kernelsModule();
  if (!module) return undefined;
  const native = new WebAssembly.Instance(module).exports as unknown as Exports;
  const n = Math.ceil(d / 4) * 4;
  const size = 8 * n * n;
  const pack = BASE;
  const loops = pack + size + 48 * 8 * n;
  const start = loops + 8 * Math.max(n, 8);
  const rest = start + count * size;
  const missing = rest + vectors * 8 * n - native.memory.buffer.byteLength;
  if (missing > 0) native.memory.grow(Math.ceil(missing / PAGE));
  const buffer = (address: number, length: number): Buffer => ({
    address,
    values: new Float64Array(native.memory.buffer, address, length),
  });
  return {
    ...native,
    n,
    block: n < 160 ? 8 : 32,
    pack,
    loops: buffer(loops, Math.max(n, 8)),
    matrices: Array.from({ length: count }, (_, k) => buffer(start + k * size, n * n)),
    vectors: Array.from({ length: vectors }, (_, k) => buffer(rest + k * 8 * n, n)),
    put: (values, { values: into }) => {
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) into[i * n + j] = values[i * d + j]!;
    },
    take: ({ values: from }, out) => {
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) out[i * d + j] = from[i * n + j]!;
      return out;
    },
  };
}
