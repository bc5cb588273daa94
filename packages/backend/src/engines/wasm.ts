import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { compileCompanion } from '../companion/companion';
import { installGradients } from '../gradients';
import { kernelDefinitions } from '../kernels';
import { companionKernels } from '../kernels/companion-kernels';
import { installKernels } from '../kernels/registry';
import { unpackTfjsWasm, withTfjsWasm } from '../tfjs-wasm/embedded';
import type { Engine } from './engine';

/** tfjs-backend-wasm with our kernels on its heap. */
export const wasm: Engine = {
  name: 'wasm',
  device: 'CPU, WebAssembly SIMD',
  async probe() {
    if (typeof WebAssembly === 'undefined') throw new Error('There is no WebAssembly here.');
    if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
      throw new Error('This WebAssembly has no SIMD.');
    }
  },
  async start() {
    await compileCompanion();
    installKernels('wasm', kernelDefinitions, companionKernels);
    installGradients();
    // The companion works on memory of one thread; tfjs would take its threaded build in
    // cross-origin-isolated pages.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    const before = crashListeners();
    const set = (): Promise<boolean> => tf.setBackend('wasm');
    // A program that started it itself keeps its own.
    const running = tf.engine().registry['wasm'] !== undefined;
    const started = await (running ? set() : withTfjsWasm(await unpackTfjsWasm(), set));
    removeNewCrashListeners(before);
    if (!started) throw new Error('The wasm engine did not start.');
    return 1;
  },
};

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
type Listener = (...args: unknown[]) => void;

/** Node's process, seen without its types: this file runs in browsers too. */
interface ProcessEvents {
  listeners?(event: string): Listener[];
  removeListener?(event: string, listener: Listener): void;
}
const events = (globalThis as { process?: ProcessEvents }).process;

const crashListeners = (): Listener[][] => EVENTS.map((event) => events?.listeners?.(event) ?? []);

/**
 * Emscripten's module listens for the program's crashes and rethrows them from its own one line of
 * 100 kB, which Node then prints above the message. A library has no business there.
 */
function removeNewCrashListeners(before: Listener[][]): void {
  crashListeners().forEach((listeners, i) => {
    for (const listener of listeners) {
      if (!before[i]!.includes(listener)) events?.removeListener?.(EVENTS[i]!, listener);
    }
  });
}
