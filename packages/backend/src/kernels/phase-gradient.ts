import type { backend_util } from '@tensorflow/tfjs';
import type { Companion } from '../companion/companion';
import { Scratch, type WasmBackend } from '../wasm-backend';
import type { Convolution, MatMul } from './hot-kernels';
import { denseStrides, stridedCopy } from './strided-copy';

type Info = backend_util.Conv2DInfo;

/** Along one axis: the pixels first, first + stride, …, and the outputs that see them. */
interface Phase {
  /** First pixel of this phase, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** Kernel taps tap, tap + stride, … reach these pixels. */
  readonly tap: number;
  readonly taps: number;
  /** Outputs before the first that the lowest pixel's patch begins with (its padding). */
  readonly pad: number;
}

/** The pixels of one axis by what remains of (position + padding) ÷ stride. */
function phases(size: number, kernel: number, stride: number, padding: number): Phase[] {
  return Array.from({ length: Math.min(stride, size) }, (_, first) => {
    const tap = (first + padding) % stride;
    const taps = Math.max(0, Math.ceil((kernel - tap) / stride));
    const newest = (first + padding - tap) / stride; // the last output that sees `first`
    const count = Math.ceil((size - first) / stride);
    return { first, count, tap, taps, pad: taps - 1 - newest };
  });
}

/**
 * The input gradient of a convolution without dilation, as stride² plain convolutions of dy: pixels
 * whose position leaves the same remainder by the stride are seen by the same taps. Each is a matrix
 * product that adds up over taps and channels at once and writes every number once, where the
 * product of dy with the whole filter writes each tap's share and adds them up in memory: on two
 * threads the shares' traffic takes longer than the products.
 */
export function phaseGradient(
  backend: WasmBackend,
  companion: Companion,
  matMul: MatMul,
  blockBytes: number,
): Convolution['conv2dInputGradient'] {
  const filters = new Scratch(backend);
  const patches = new Scratch(backend);
  const results = new Scratch(backend);

  /** One phase's pixels of `images` images from image `at`, `lines` lines of each from `line`. */
  function part(
    info: Info,
    y: Phase,
    x: Phase,
    dy: number,
    dx: number,
    filter: number,
    [at, images]: readonly [number, number],
    [line, lines]: readonly [number, number],
  ): void {
    const { inChannels, outChannels, outHeight, outWidth, inHeight, inWidth } = info;
    const rows = images * lines * x.count;
    const k = y.taps * x.taps * outChannels;
    companion.convGeometry(
      outHeight,
      outWidth,
      outChannels,
      lines,
      x.count,
      y.taps,
      x.taps,
      1,
      1,
      1,
      1,
      y.pad - line,
      x.pad,
    );
    const block = patches.atLeast(4 * rows * k);
    companion.gatherPatches(dy + 4 * at * outHeight * outWidth * outChannels, block, 0, rows);
    const c = results.atLeast(4 * rows * inChannels);
    const plain = { transposeA: false, transposeB: false };
    matMul({ ...plain, a: block, b: filter, c, m: rows, n: inChannels, k });
    const shape = [images, lines, x.count, inChannels];
    const [image, row, pixel] = denseStrides([0, inHeight, inWidth, inChannels]);
    const first = at * image! + (y.first + line * info.strideHeight) * row! + x.first * pixel!;
    stridedCopy(
      companion,
      shape,
      { address: c, strides: denseStrides(shape) },
      {
        address: dx + first,
        strides: [image!, info.strideHeight * row!, info.strideWidth * pixel!, 4],
      },
    );
  }

  return (info, dy, filter, dx) => {
    const { inChannels, outChannels, filterHeight, filterWidth, strideHeight, strideWidth } = info;
    const ys = phases(info.inHeight, filterHeight, strideHeight, info.padInfo.top);
    const xs = phases(info.inWidth, filterWidth, strideWidth, info.padInfo.left);
    if ([...ys, ...xs].some(({ taps }) => taps === 0)) {
      companion.zeroFill(dx, info.batchSize * info.inHeight * info.inWidth * inChannels);
    }
    const [tapRow, tap] = denseStrides([filterHeight, filterWidth, inChannels, outChannels]);
    const turned = filters.atLeast(4 * filterHeight * filterWidth * inChannels * outChannels);
    for (const y of ys) {
      for (const x of xs) {
        if (y.taps === 0 || x.taps === 0) continue;
        // Taps from the last to the first, as outputs go from the first to the last.
        const shape = [y.taps, x.taps, outChannels, inChannels];
        const last =
          (y.tap + (y.taps - 1) * strideHeight) * tapRow! +
          (x.tap + (x.taps - 1) * strideWidth) * tap!;
        stridedCopy(
          companion,
          shape,
          {
            address: filter + last,
            strides: [-strideHeight * tapRow!, -strideWidth * tap!, 4, 4 * outChannels],
          },
          { address: turned, strides: denseStrides(shape) },
        );
        const lineBytes = 4 * x.count * y.taps * x.taps * outChannels;
        const images = Math.max(1, Math.floor(blockBytes / (lineBytes * y.count)));
        const lines = Math.min(y.count, Math.max(1, Math.floor(blockBytes / lineBytes)));
        for (let at = 0; at < info.batchSize; at += images) {
          const some = [at, Math.min(images, info.batchSize - at)] as const;
          for (let line = 0; line < y.count; line += lines) {
            const few = [line, Math.min(lines, y.count - line)] as const;
            part(info, y, x, dy, dx, turned, some, few);
          }
        }
      }
    }
  };
}
