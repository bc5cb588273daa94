import type { HotKernels, MatMul } from '../kernels/hot-kernels';
import { patchConvolution } from '../kernels/patch-convolution';
import { phaseGradient } from '../kernels/phase-gradient';
import { Scratch, type WasmBackend } from '../wasm-backend';
import type { NativeBinding, NativeSession, NativeTensor } from './binding';
import { gemmModel } from './model';

/** Below so many multiplications a native call costs more than it saves. */
const WORTH_A_CALL = 2 ** 17;

/** Bytes of patches in one native call: enough to hide its cost, still in the last-level cache. */
const BLOCK_BYTES = 2 ** 22;

/** Products with fewer columns than this leave most of the native tile empty. */
const NARROW = 8;

/**
 * The hot kernels with every matrix product run natively by onnxruntime on views of the wasm heap,
 * without a copy; patches of convolutions are the companion's. (ONNX's own Conv wants another
 * layout: transposing around it cost more than it saved.)
 */
export function onnxruntimeKernels(
  binding: NativeBinding,
  threads: number,
  backend: WasmBackend,
  fallback: HotKernels,
): HotKernels {
  const sessions = new Map<string, NativeSession>();
  const sums = new Scratch(backend);

  function session(transposeA: boolean, transposeB: boolean): NativeSession {
    const key = `${transposeA} ${transposeB}`;
    let found = sessions.get(key);
    if (!found) {
      const model = gemmModel(transposeA, transposeB);
      found = new binding.InferenceSession();
      found.loadModel(model.buffer, model.byteOffset, model.byteLength, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // Idle threads of one session must not keep the processor from the next one.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      });
      sessions.set(key, found);
    }
    return found;
  }

  const view = (address: number, rows: number, columns: number): NativeTensor => ({
    type: 'float32',
    location: 'cpu',
    dims: [rows, columns],
    data: new Float32Array(backend.wasm.asm.memory.buffer, address, rows * columns),
  });

  const matMul: MatMul = (problem) => {
    const { a, b, c, m, n, k, transposeA, transposeB, accumulate } = problem;
    if (m * n * k < WORTH_A_CALL) return fallback.matMul(problem);
    const y = accumulate ? sums.atLeast(4 * m * n) : c;
    session(transposeA, transposeB).run(
      {
        a: transposeA ? view(a, k, m) : view(a, m, k),
        b: transposeB ? view(b, n, k) : view(b, k, n),
      },
      { y: view(y, m, n) },
      {},
    );
    if (accumulate) fallback.addRow(c, y, 1, m * n);
  };

  const patched = patchConvolution(backend, fallback.companion, matMul, BLOCK_BYTES);
  const byPhases = phaseGradient(backend, fallback.companion, matMul, BLOCK_BYTES);

  return {
    ...fallback,
    ...patched,
    matMul,
    conv2dInputGradient(info, dy, filter, dx) {
      const wide = info.inChannels >= NARROW && info.dilationHeight * info.dilationWidth === 1;
      (wide ? byPhases : patched.conv2dInputGradient)(info, dy, filter, dx);
    },
  };
}
