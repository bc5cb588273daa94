import type { WasmBackend } from '../wasm-backend';
import type { NativeTensor } from './binding';

/** A tensor of the wasm heap as native code sees it: where it lies, without a copy. */
export const tensor = (
  backend: WasmBackend,
  address: number,
  dims: readonly number[],
): NativeTensor => ({
  type: 'float32',
  location: 'cpu',
  dims,
  data: new Float32Array(
    backend.wasm.asm.memory.buffer,
    address,
    dims.reduce((p, q) => p * q, 1),
  ),
});
