import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { compileCompanion, companionModule, instantiateCompanion } from '../companion/companion';
import { installGradients } from '../gradients';
import { kernelDefinitions } from '../kernels';
import { companionKernels } from '../kernels/companion-kernels';
import type { HotKernels } from '../kernels/hot-kernels';
import { installKernels } from '../kernels/registry';
import { loadTfjsWasm, serveTfjsWasm } from '../tfjs-wasm/embedded';
import { Crew } from '../threads/crew';
import { isShared, withSharedMemory } from '../threads/shared-memory';
import { canShare } from '../threads/spawn';
import { threadedKernels } from '../threads/threaded-kernels';
import type { WasmBackend } from '../wasm-backend';
import type { Engine } from './engine';

/** The threads of each instance of the backend that has more than one. */
const crews = new WeakMap<WasmBackend, Crew>();

function hotKernels(backend: WasmBackend): HotKernels {
  const crew = crews.get(backend);
  return crew ? threadedKernels(backend, crew) : companionKernels(backend);
}

const instances = (): Record<string, unknown> => tf.engine().registry;

/** Whether the running instance, if any, is right for so many threads. */
function fits(running: WasmBackend, threads: number): boolean {
  // The kernels of tfjs know one instance: what stands on another name's heap stays there.
  if (instances()['onnxruntime']) return true;
  const crew = crews.get(running);
  if (threads > 1) return crew ? crew.threads === threads : !canShare();
  return !crew && !isShared(running.wasm.asm.memory);
}

/** Whether the next instance gets memory that threads share. */
let shared = false;

async function startTfjs(): Promise<void> {
  serveTfjsWasm((binary) => (shared ? withSharedMemory(binary) : binary));
  await loadTfjsWasm();
  const before = crashListeners();
  const started = await tf.setBackend('wasm');
  removeNewCrashListeners(before);
  if (!started) throw new Error('The wasm engine did not start.');
}

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
  async start(threads) {
    const several = threads > 1 && canShare();
    await compileCompanion(several);
    installKernels('wasm', kernelDefinitions, hotKernels);
    installGradients();
    const running = instances()['wasm'] as WasmBackend | undefined;
    if (running && fits(running, threads)) await tf.setBackend('wasm');
    else {
      // An instance before is not disposed: tensors on its heap move over when they are used.
      delete instances()['wasm'];
      shared = several;
      await startTfjs();
      const backend = tf.backend() as unknown as WasmBackend;
      const { memory } = backend.wasm.asm;
      if (several) {
        const crew = new Crew(
          instantiateCompanion(memory),
          companionModule(memory),
          memory,
          threads,
        );
        await crew.gather();
        crews.set(backend, crew);
      }
    }
    return crews.get(tf.backend() as unknown as WasmBackend)?.threads ?? 1;
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
