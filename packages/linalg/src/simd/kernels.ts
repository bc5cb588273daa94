import { kernelsBinary } from './binary';

/** The functions of assembly/kernels.as. Addresses and strides are bytes, sizes are counts. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  scratchBytes(): number;
  gemm(
    a: number,
    aRowStride: number,
    aColumnStride: number,
    b: number,
    bRowStride: number,
    bColumnStride: number,
    c: number,
    cRowStride: number,
    m: number,
    n: number,
    k: number,
    alpha: number,
    scratch: number,
  ): void;
  lu(a: number, n: number, rows: number, scratch: number): number;
  solveTriangle(
    t: number,
    rowStride: number,
    columnStride: number,
    lower: boolean,
    unit: boolean,
    identity: boolean,
    x: number,
    n: number,
    m: number,
    scratch: number,
  ): void;
}

/** Kernels, and room in their memory behind the scratch. */
export interface Kernels extends Exports {
  readonly scratch: number;
  /** Addresses of arrays of these lengths (in doubles), valid until the next call. */
  room(...lengths: number[]): number[];
  /** A view of `length` doubles at an address. */
  doubles(address: number, length: number): Float64Array;
}

/** Below 1024 lies what AssemblyScript keeps for itself. */
const BASE = 1024;
const PAGE = 65536;

function load(): Kernels | undefined {
  try {
    const bytes = Uint8Array.from(atob(kernelsBinary), (character) => character.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    const native = exports as unknown as Exports;
    const start = BASE + native.scratchBytes();
    return {
      ...native,
      scratch: BASE,
      room: (...lengths) => {
        let end = start;
        const addresses = lengths.map((length) => {
          const address = end;
          end = (end + 8 * length + 63) & ~63;
          return address;
        });
        const missing = end - native.memory.buffer.byteLength;
        if (missing > 0) native.memory.grow(Math.ceil(missing / PAGE));
        return addresses;
      },
      doubles: (address, length) => new Float64Array(native.memory.buffer, address, length),
    };
  } catch {
    // No WebAssembly SIMD, or a page that forbids compiling: the JavaScript kernels do it all.
    return undefined;
  }
}

let loaded: { readonly kernels: Kernels | undefined } | undefined;

/** The SIMD kernels, compiled on first use (a cache, not a setting), or undefined without SIMD. */
export function simdKernels(): Kernels | undefined {
  loaded ??= { kernels: load() };
  return loaded.kernels;
}
