import type { HotKernels, MatMul } from '../kernels/hot-kernels';
import { patchConvolution } from '../kernels/patch-convolution';
import { phaseGradient } from '../kernels/phase-gradient';
import { Scratch, type WasmBackend } from '../wasm-backend';
import type { NativeBinding } from './binding';
import { nativeElementwise } from './elementwise';
import { tensor } from './heap';
import { gemmModel } from './model';
import { openSessions } from './sessions';

/** Below so many multiplications a native call costs more than it saves. */
const WORTH_A_CALL = 2 ** 17;

/** Bytes of patches in one native call: enough to hide its cost, still in the last-level cache. */
const BLOCK_BYTES = 2 ** 22;

/** Products with fewer columns than this leave most of the native tile empty. */
const NARROW = 8;

/**
 * The hot kernels with every matrix product run natively by onnxruntime on views of the wasm heap,
 * without a copy; patches of convolutions are the companion's. (ONNX's own Conv and ConvTranspose
 * want another layout: with the transpositions around them they took up to 1.8 times as long.)
 */
export function onnxruntimeKernels(
  binding: NativeBinding,
  threads: number,
  backend: WasmBackend,
  fallback: HotKernels,
): HotKernels {
  const sessions = openSessions(binding, threads);
  const sums = new Scratch(backend);

  const matMul: MatMul = (problem) => {
    const { a, b, c, m, n, k, transposeA, transposeB, accumulate } = problem;
    if (m * n * k < WORTH_A_CALL) return fallback.matMul(problem);
    const y = accumulate ? sums.atLeast(4 * m * n) : c;
    const product = sessions(`Gemm ${transposeA} ${transposeB}`, () =>
      gemmModel(transposeA, transposeB),
    );
    product.run(
      {
        a: transposeA ? tensor(backend, a, [k, m]) : tensor(backend, a, [m, k]),
        b: transposeB ? tensor(backend, b, [n, k]) : tensor(backend, b, [k, n]),
      },
      { y: tensor(backend, y, [m, n]) },
      {},
    );
    if (accumulate) fallback.addRow(c, y, 1, m * n);
  };

  const patched = patchConvolution(backend, fallback.companion, matMul, BLOCK_BYTES);
  const byPhases = phaseGradient(backend, fallback.companion, matMul, BLOCK_BYTES);

  return {
    ...fallback,
    ...nativeElementwise(sessions, backend, fallback),
    ...patched,
    matMul,
    conv2dInputGradient(info, dy, filter, dx) {
      const wide = info.inChannels >= NARROW && info.dilationHeight * info.dilationWidth === 1;
      (wide ? byPhases : patched.conv2dInputGradient)(info, dy, filter, dx);
    },
  };
}
