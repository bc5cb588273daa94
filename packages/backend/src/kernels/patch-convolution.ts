import type { backend_util } from '@tensorflow/tfjs';
import type { Companion } from '../companion/companion';
import { Scratch, type WasmBackend } from '../wasm-backend';
import type { Convolution, MatMul } from './hot-kernels';

type Info = backend_util.Conv2DInfo;

/** Length of a patch: what one output position sees. */
export const patchLength = (info: Info): number =>
  info.filterHeight * info.filterWidth * info.inChannels;

/** Output positions of the whole batch. */
export const positions = (info: Info): number => info.batchSize * info.outHeight * info.outWidth;

/** Whether patches are the image itself: 1×1 kernels that touch every pixel once. */
export const isPointwise = (info: Info): boolean =>
  info.filterHeight === 1 &&
  info.filterWidth === 1 &&
  info.strideHeight === 1 &&
  info.strideWidth === 1 &&
  info.outHeight === info.inHeight &&
  info.outWidth === info.inWidth &&
  info.padInfo.top === 0 &&
  info.padInfo.left === 0;

/** Output positions in a block: whole tiles of four. */
export function blockRows(info: Info, blockBytes: number): number {
  const rows = Math.max(32, Math.floor(blockBytes / (4 * patchLength(info)) / 4) * 4);
  return Math.min(rows, positions(info));
}

/** Tells the companion of a convolution what {@link Companion.gatherPatches} is to take from where. */
export const geometryOf = (info: Info): Parameters<Companion['convGeometry']> => [
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
];

/**
 * Convolutions as matrix products on patches, a block of output positions at a time so that the
 * patches (of at most `blockBytes`) stay in cache.
 */
export function patchConvolution(
  backend: WasmBackend,
  companion: Companion,
  matMul: MatMul,
  blockBytes: number,
): Convolution {
  const scratch = new Scratch(backend);

  function* blocks(info: Info): Generator<{ block: number; first: number; rows: number }> {
    companion.convGeometry(...geometryOf(info));
    const all = positions(info);
    const step = blockRows(info, blockBytes);
    const block = scratch.atLeast(step * 4 * patchLength(info));
    for (let first = 0; first < all; first += step) {
      yield { block, first, rows: Math.min(step, all - first) };
    }
  }

  const plain = { transposeA: false, transposeB: false };

  return {
    conv2d(info, x, filter, y) {
      const [k, n] = [patchLength(info), info.outChannels];
      if (isPointwise(info)) {
        return matMul({ ...plain, a: x, b: filter, c: y, m: positions(info), n, k });
      }
      for (const { block, first, rows } of blocks(info)) {
        companion.gatherPatches(x, block, first, rows);
        matMul({ ...plain, a: block, b: filter, c: y + 4 * n * first, m: rows, n, k });
      }
    },

    conv2dInputGradient(info, dy, filter, dx) {
      const [n, k] = [patchLength(info), info.outChannels];
      const problem = { transposeA: false, transposeB: true, b: filter, n, k };
      if (isPointwise(info)) return matMul({ ...problem, a: dy, c: dx, m: positions(info) });
      companion.zeroFill(dx, info.batchSize * info.inHeight * info.inWidth * info.inChannels);
      for (const { block, first, rows } of blocks(info)) {
        matMul({ ...problem, a: dy + 4 * k * first, c: block, m: rows });
        companion.scatterPatches(dx, block, first, rows);
      }
    },

    conv2dFilterGradient(info, x, dy, dw) {
      const [m, n] = [patchLength(info), info.outChannels];
      const problem = { transposeA: true, transposeB: false, c: dw, m, n };
      if (isPointwise(info)) return matMul({ ...problem, a: x, b: dy, k: positions(info) });
      if (positions(info) === 0) companion.zeroFill(dw, m * n);
      for (const { block, first, rows } of blocks(info)) {
        companion.gatherPatches(x, block, first, rows);
        matMul({ ...problem, a: block, b: dy + 4 * n * first, k: rows, accumulate: first > 0 });
      }
    },
  };
}
