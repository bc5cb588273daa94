import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs';

/** What we use of tfjs-backend-wasm's `BackendWasm` (its own type is not exported). */
export interface WasmBackend {
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory };
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(id: object): { memoryOffset: number } };
  makeOutput(
    shape: number[],
    dtype: DataType,
    memoryOffset?: number,
    values?: backend_util.BackendValues,
  ): TensorInfo;
  readSync(dataId: object): backend_util.TypedArray;
  incRef(dataId: object): void;
  disposeData(dataId: object, force?: boolean): boolean;
}

/** Where a tensor's numbers are on the wasm heap. */
export function addressOf(backend: WasmBackend, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}

/** A block of the wasm heap for passing results within one call; grows and is never given back. */
export class Scratch {
  #address = 0;
  #bytes = 0;

  constructor(private readonly backend: WasmBackend) {}

  atLeast(bytes: number): number {
    if (bytes > this.#bytes) {
      if (this.#address !== 0) this.backend.wasm._free(this.#address);
      this.#address = this.backend.wasm._malloc(bytes) >>> 0;
      if (this.#address === 0) throw new Error(`The wasm heap has no room for ${bytes} bytes.`);
      this.#bytes = bytes;
    }
    return this.#address;
  }
}
