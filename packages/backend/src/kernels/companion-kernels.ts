import { instantiateCompanion, type Companion } from '../companion/companion';
import { Scratch, type WasmBackend } from '../wasm-backend';
import { depthwiseGradients } from './depthwise-gradients';
import type { HotKernels, MatMul } from './hot-kernels';
import { patchConvolution } from './patch-convolution';

/** Patches that fit into the second-level cache beside a packed filter. */
export const BLOCK_BYTES = 2 ** 18;

/** Products whose right operand has at most so many numbers are not worth packing. */
const TINY = 64;

/** Matrix products by the companion. */
export function companionMatMul(backend: WasmBackend, companion: Companion): MatMul {
  const packed = new Scratch(backend);
  const packedBytes = companion.gemmScratchBytes();
  return ({ a, b, c, m, n, k, transposeA, transposeB, accumulate }) => {
    if (n * k <= TINY && !accumulate) {
      const [aRow, aColumn] = transposeA ? [4, 4 * m] : [4 * k, 4];
      const [bRow, bColumn] = transposeB ? [4, 4 * k] : [4 * n, 4];
      return companion.tinyGemm(a, aRow, aColumn, b, bRow, bColumn, c, m, n, k);
    }
    companion.gemm(
      a,
      transposeA ? 4 : 4 * k,
      transposeA ? 4 * m : 4,
      b,
      transposeB ? 4 : 4 * n,
      transposeB ? 4 * k : 4,
      c,
      4 * n,
      m,
      n,
      k,
      accumulate ? 1 : 0,
      packed.atLeast(packedBytes),
    );
  };
}

/** The hot kernels by the embedded companion module. */
export function companionKernels(
  backend: WasmBackend,
  companion = instantiateCompanion(backend.wasm.asm.memory),
): HotKernels {
  const matMul = companionMatMul(backend, companion);
  return {
    ...companion, // elementwise functions, sums, rows by index and optimiser steps as they are
    ...depthwiseGradients(companion),
    ...patchConvolution(backend, companion, matMul, BLOCK_BYTES),
    matMul,
    companion,
  };
}
