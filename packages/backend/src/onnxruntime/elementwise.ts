import type { Elementwise } from '../kernels/hot-kernels';
import type { WasmBackend } from '../wasm-backend';
import { tensor } from './heap';
import { mapModel } from './model';
import type { Sessions } from './sessions';

/** Below so many numbers a native call costs more than its threads save. */
const WORTH_A_CALL = 2 ** 15;

/**
 * The elementary functions that onnxruntime spreads over its threads. Its sine, cosine, logarithm
 * and softplus run on one thread, no faster than the companion's; its sigmoid is fast, but off by
 * up to 17 units in the last place.
 */
export function nativeElementwise(
  sessions: Sessions,
  backend: WasmBackend,
  fallback: Elementwise,
): Pick<Elementwise, 'exp' | 'tanh'> {
  const native =
    (operator: string, own: (x: number, y: number, n: number) => void) =>
    (x: number, y: number, n: number): void => {
      if (n < WORTH_A_CALL) return own(x, y, n);
      sessions(operator, () => mapModel(operator)).run(
        { x: tensor(backend, x, [n]) },
        { y: tensor(backend, y, [n]) },
        {},
      );
    };
  return { exp: native('Exp', fallback.exp), tanh: native('Tanh', fallback.tanh) };
}
