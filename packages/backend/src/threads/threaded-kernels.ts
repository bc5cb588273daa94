import type { backend_util } from '@tensorflow/tfjs';
import type { Companion } from '../companion/companion';
import { BLOCK_BYTES, companionKernels, companionMatMul } from '../kernels/companion-kernels';
import type { Convolution, HotKernels, MatMul } from '../kernels/hot-kernels';
import {
  blockRows,
  geometryOf,
  isPointwise,
  patchConvolution,
  patchLength,
  positions,
} from '../kernels/patch-convolution';
import { Scratch, type WasmBackend } from '../wasm-backend';
import type { Call, Crew } from './crew';
import { parts, splitCompanion } from './split-companion';

type Info = backend_util.Conv2DInfo;

/** Least multiplications for which a call to others is worth it: some 25 µs of one thread. */
const WORTH_A_CALL = 2 ** 18;

/** Products in bands of the result, of rows or of columns, whichever there are more of. */
function splitMatMul(backend: WasmBackend, companion: Companion, crew: Crew): MatMul {
  const alone = companionMatMul(backend, companion);
  const bytes = companion.gemmScratchBytes();
  const scratch: Scratch[] = [];
  return (problem) => {
    const { a, b, c, m, n, k, transposeA, transposeB, accumulate } = problem;
    if (m * n * k < WORTH_A_CALL || !crew.ready) return alone(problem);
    const byRows = m >= n;
    // Four rows are one tile of the product, eight columns one panel.
    const bands = byRows ? parts(m, 4, crew.threads) : parts(n, 8, crew.threads);
    const portions = bands.map(([from, to], i): Call[] => {
      scratch[i] ??= new Scratch(backend);
      const aRow = transposeA ? 4 : 4 * k;
      const bColumn = transposeB ? 4 * k : 4;
      return [
        [
          'gemm',
          byRows ? a + from * aRow : a,
          aRow,
          transposeA ? 4 * m : 4,
          byRows ? b : b + from * bColumn,
          transposeB ? 4 : 4 * n,
          bColumn,
          c + from * (byRows ? 4 * n : 4),
          4 * n,
          byRows ? to - from : m,
          byRows ? n : to - from,
          k,
          accumulate ? 1 : 0,
          scratch[i].atLeast(bytes),
        ],
      ];
    });
    crew.run(portions);
  };
}

/** A convolution that writes down the companion's calls instead of making them. */
class Recorder {
  calls: Call[] = [];
  readonly convolution: Convolution;

  constructor(backend: WasmBackend, companion: Companion) {
    const names = Object.keys(companion) as (keyof Companion)[];
    const recording = Object.fromEntries(
      names.map((name) => [name, (...args: number[]) => this.calls.push([name, ...args])]),
    ) as unknown as Companion;
    recording.gemmScratchBytes = companion.gemmScratchBytes;
    const matMul = companionMatMul(backend, recording);
    this.convolution = patchConvolution(backend, recording, matMul, BLOCK_BYTES);
  }

  record(body: (convolution: Convolution) => void): Call[] {
    this.calls = [];
    body(this.convolution);
    return this.calls;
  }
}

/** Bytes of one image before and after a convolution. */
const imageBytes = (info: Info): [x: number, y: number] => [
  4 * info.inHeight * info.inWidth * info.inChannels,
  4 * info.outHeight * info.outWidth * info.outChannels,
];

const multiplications = (info: Info): number =>
  positions(info) * patchLength(info) * info.outChannels;

/** Convolutions and their input gradients in parts of the batch. */
function splitConvolution(
  backend: WasmBackend,
  companion: Companion,
  alone: Convolution,
  crew: Crew,
): Pick<Convolution, 'conv2d' | 'conv2dInputGradient'> {
  const recorders: Recorder[] = [];

  function shared(
    info: Info,
    body: (part: Convolution, info: Info, x: number, y: number) => void,
  ): boolean {
    if (
      isPointwise(info) ||
      info.batchSize < 2 ||
      multiplications(info) < WORTH_A_CALL ||
      !crew.ready
    )
      return false;
    const [x, y] = imageBytes(info);
    // Whole tiles of four positions in each part, so that every bit is as one thread has it.
    const unit = [1, 4, 2, 4][(info.outHeight * info.outWidth) % 4]!;
    const portions = parts(info.batchSize, unit, crew.threads).map(([from, to], i) => {
      recorders[i] ??= new Recorder(backend, companion);
      const own = { ...info, batchSize: to - from };
      return recorders[i].record((part) => body(part, own, from * x, from * y));
    });
    return crew.run(portions);
  }

  return {
    conv2d(info, x, filter, y) {
      const done = shared(info, (part, own, atX, atY) =>
        part.conv2d(own, x + atX, filter, y + atY),
      );
      if (!done) alone.conv2d(info, x, filter, y);
    },
    conv2dInputGradient(info, dy, filter, dx) {
      const done = shared(info, (part, own, atX, atY) =>
        part.conv2dInputGradient(own, dy + atY, filter, dx + atX),
      );
      if (!done) alone.conv2dInputGradient(info, dy, filter, dx);
    },
  };
}

/** Patches that stay in the last-level cache between the two halves of a filter gradient. */
const ROUND_BYTES = 2 ** 21;

/**
 * Filter gradients in rounds of several blocks: everyone gathers patches, then everyone multiplies
 * a band of the filter with all of them, block after block as one thread does.
 */
function splitFilterGradient(
  backend: WasmBackend,
  companion: Companion,
  alone: Convolution,
  crew: Crew,
): Convolution['conv2dFilterGradient'] {
  const patches = new Scratch(backend);
  const packedBytes = companion.gemmScratchBytes();
  const packed: Scratch[] = [];
  return (info, x, dy, dw) => {
    if (isPointwise(info) || multiplications(info) < WORTH_A_CALL || !crew.ready) {
      return alone.conv2dFilterGradient(info, x, dy, dw);
    }
    const geometry = geometryOf(info);
    const [m, n, all] = [patchLength(info), info.outChannels, positions(info)];
    const step = blockRows(info, BLOCK_BYTES);
    const round = step * Math.max(1, Math.floor(ROUND_BYTES / (4 * m * step)));
    const block = patches.atLeast(4 * m * Math.min(round, all));
    for (let first = 0; first < all; first += round) {
      const rows = Math.min(round, all - first);
      crew.run(
        parts(rows, 4, crew.threads).map(([from, to]) => [
          ['convGeometry', ...geometry],
          ['gatherPatches', x, block + 4 * m * from, first + from, to - from],
        ]),
      );
      crew.run(
        parts(m, 4, crew.threads).map(([from, to], i) => {
          packed[i] ??= new Scratch(backend);
          const scratch = packed[i].atLeast(packedBytes);
          const calls: Call[] = [];
          for (let at = 0; at < rows; at += step) {
            const a = block + 4 * (m * at + from);
            const b = dy + 4 * n * (first + at);
            const c = dw + 4 * n * from;
            const k = Math.min(step, rows - at);
            const more = first + at > 0 ? 1 : 0;
            calls.push([
              'gemm',
              a,
              4,
              4 * m,
              b,
              4 * n,
              4,
              c,
              4 * n,
              to - from,
              n,
              k,
              more,
              scratch,
            ]);
          }
          return calls;
        }),
      );
    }
  };
}

/** The companion's hot kernels on every thread of the crew; the bits are those of one thread. */
export function threadedKernels(backend: WasmBackend, crew: Crew): HotKernels {
  const { companion } = crew;
  const alone = companionKernels(backend, companion);
  const split = splitCompanion(companion, crew);
  const matMul = splitMatMul(backend, companion, crew);
  const pointwise = patchConvolution(backend, companion, matMul, BLOCK_BYTES);
  const { depthwiseInputGradient, depthwiseFilterGradient } = alone;
  return {
    ...split,
    depthwiseInputGradient,
    depthwiseFilterGradient,
    ...splitConvolution(backend, companion, pointwise, crew),
    conv2dFilterGradient: splitFilterGradient(backend, companion, pointwise, crew),
    matMul,
    companion: split,
  };
}
