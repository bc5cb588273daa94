import type { WasmBackend } from '../wasm-backend';
import type { NativeTensor } from './binding';

const view = (
  backend: WasmBackend,
  address: number,
  dims: number[],
  size: number,
): NativeTensor => ({
  type: 'float32',
  location: 'cpu',
  dims,
  data: new Float32Array(backend.wasm.asm.memory.buffer, address, size),
});

/** Numbers of the wasm heap as native code sees them: where they lie, without a copy. */
export const vector = (backend: WasmBackend, address: number, n: number): NativeTensor =>
  view(backend, address, [n], n);

export const matrix = (
  backend: WasmBackend,
  address: number,
  rows: number,
  columns: number,
): NativeTensor => view(backend, address, [rows, columns], rows * columns);
