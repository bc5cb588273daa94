import type { backend_util } from '@tensorflow/tfjs';
import { instantiateCompanion, type Companion } from '../companion/companion';
import { Scratch, type WasmBackend } from '../wasm-backend';
import type { HotKernels, MatMulProblem } from './hot-kernels';

function setGeometry(companion: Companion, info: backend_util.Conv2DInfo): void {
  companion.convGeometry(
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    info.padInfo.top,
    info.padInfo.left,
  );
}

/** The hot kernels by the embedded companion module. */
export function companionKernels(backend: WasmBackend): HotKernels {
  const companion = instantiateCompanion(backend.wasm.asm.memory);
  const scratch = new Scratch(backend);
  const gemmBytes = companion.gemmScratchBytes();

  const convScratch = (info: backend_util.Conv2DInfo): number => {
    setGeometry(companion, info);
    const patch = info.filterHeight * info.filterWidth * info.inChannels;
    return scratch.atLeast(companion.convScratchBytes(patch));
  };

  return {
    companion,
    matMul({ a, b, c, m, n, k, transposeA, transposeB }: MatMulProblem): void {
      const [aRow, aColumn] = transposeA ? [4, 4 * m] : [4 * k, 4];
      const [bRow, bColumn] = transposeB ? [4, 4 * k] : [4 * n, 4];
      const space = scratch.atLeast(gemmBytes);
      companion.gemm(a, aRow, aColumn, b, bRow, bColumn, c, 4 * n, m, n, k, 0, space);
    },
    conv2d(info, x, filter, y) {
      const space = convScratch(info);
      companion.conv2d(x, filter, y, info.batchSize, info.outChannels, space);
    },
    conv2dInputGradient(info, dy, filter, dx) {
      const space = convScratch(info);
      companion.conv2dInputGradient(dy, filter, dx, info.batchSize, info.outChannels, space);
    },
    conv2dFilterGradient(info, x, dy, dw) {
      const space = convScratch(info);
      companion.conv2dFilterGradient(x, dy, dw, info.batchSize, info.outChannels, space);
    },
  };
}
