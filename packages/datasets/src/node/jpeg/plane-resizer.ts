import type { Taps } from '../resample';
import { resizeBinary } from './resize-binary';

/** The function of assembly/resize.as. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  resize(
    plane: number,
    stride: number,
    downFirst: number,
    downWeights: number,
    downCount: number,
    acrossFirst: number,
    acrossWeights: number,
    acrossCount: number,
    size: number,
    line: number,
    out: number,
  ): void;
}

/** Weights in the kernel's memory. */
interface Placed {
  readonly first: number;
  readonly weights: number;
  readonly count: number;
}

/** How a kind of plane is resized: its weights across and down. */
export interface PlacedTaps {
  readonly across: Placed;
  readonly down: Placed;
}

/** Below 1024 lies what AssemblyScript keeps for itself. */
const BASE = 1024;
const PAGE = 65536;

let compiled: WebAssembly.Module | undefined;

/**
 * Resizes planes, four numbers at once (WebAssembly SIMD, which every Node.js that we run on has).
 * Planes lie in its memory, so that they are made where they are needed.
 */
export class PlaneResizer {
  readonly #kernel: Kernel;
  readonly #size: number;
  #end = BASE;

  /** @param size Width and height of what comes out. */
  constructor(size: number) {
    compiled ??= new WebAssembly.Module(Buffer.from(resizeBinary, 'base64'));
    this.#kernel = new WebAssembly.Instance(compiled).exports as unknown as Kernel;
    this.#size = size;
  }

  /** Room for `length` floats: its address. Views from before may be stale. */
  room(length: number): number {
    const { memory } = this.#kernel;
    const address = this.#end;
    this.#end = (address + length * 4 + 15) & ~15;
    const missing = this.#end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return address;
  }

  /** The floats at an address. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#kernel.memory.buffer, address, length);
  }

  place({ count, first, weights }: Taps): Placed {
    const placed = { first: this.room(first.length), weights: this.room(weights.length), count };
    new Int32Array(this.#kernel.memory.buffer, placed.first, first.length).set(first);
    this.floats(placed.weights, weights.length).set(weights);
    return placed;
  }

  /**
   * @param stride Numbers in a row of the plane.
   * @param line Room for a row.
   */
  resize(
    plane: number,
    stride: number,
    { across, down }: PlacedTaps,
    line: number,
    out: number,
  ): void {
    this.#kernel.resize(
      plane,
      stride * 4,
      down.first,
      down.weights,
      down.count,
      across.first,
      across.weights,
      across.count,
      this.#size,
      line,
      out,
    );
  }
}
