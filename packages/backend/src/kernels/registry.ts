import * as tf from '@tensorflow/tfjs';
import type { WasmBackend } from '../wasm-backend';
import type { HotKernels } from './hot-kernels';

/** A kernel as we write it: `stock` is the function it replaces, for what it does not take over. */
export interface KernelDefinition<Result = tf.TensorInfo> {
  readonly name: string;
  run(call: KernelCall, stock: tf.KernelFunc | undefined): Result;
}

/** One call of a kernel, with the engine's parts at hand. */
export interface KernelCall {
  readonly inputs: Record<string, tf.TensorInfo>;
  readonly attrs: Record<string, unknown>;
  readonly backend: WasmBackend;
  readonly hot: HotKernels;
}

type HotKernelsOf = (backend: WasmBackend) => HotKernels;

const installed = new Map<string, HotKernelsOf>();

/** The hot kernels of the current tfjs backend; undefined where it is not one of ours. */
export function currentHotKernels(): { backend: WasmBackend; hot: HotKernels } | undefined {
  const hotOf = installed.get(tf.getBackend());
  if (!hotOf) return undefined;
  const backend = tf.backend() as unknown as WasmBackend;
  return { backend, hot: hotOf(backend) };
}

/** One set of hot kernels for each instance of the backend. */
function once(make: HotKernelsOf): HotKernelsOf {
  const made = new WeakMap<WasmBackend, HotKernels>();
  return (backend) => {
    let hot = made.get(backend);
    if (!hot) {
      hot = make(backend);
      made.set(backend, hot);
    }
    return hot;
  };
}

/** Registers our kernels under a tfjs backend name, in place of the stock ones. Safe to repeat. */
export function installKernels(
  backendName: string,
  definitions: readonly KernelDefinition<tf.TensorInfo | tf.TensorInfo[]>[],
  make: HotKernelsOf,
): void {
  if (installed.has(backendName)) return;
  const hotOf = once(make);
  installed.set(backendName, hotOf);
  for (const { name, run } of definitions) {
    const stock = tf.getKernel(name, backendName) as tf.KernelConfig | undefined;
    if (stock) tf.unregisterKernel(name, backendName);
    tf.registerKernel({
      ...stock,
      kernelName: name,
      backendName,
      kernelFunc: ({ inputs, backend, attrs }) =>
        run(
          {
            inputs: inputs as Record<string, tf.TensorInfo>,
            attrs: attrs ?? {},
            backend: backend as WasmBackend,
            hot: hotOf(backend as WasmBackend),
          },
          stock?.kernelFunc,
        ),
    });
  }
}

/** Runs the kernel that was there before ours. */
export function runStock<Result = tf.TensorInfo>(
  name: string,
  { inputs, attrs, backend }: KernelCall,
  stock: tf.KernelFunc | undefined,
): Result {
  if (!stock) {
    const types = Object.values(inputs).map((x) => `${x.dtype}[${x.shape}]`);
    throw new Error(`${name} on wasm does not take ${types.join(', ')}.`);
  }
  return stock({ inputs, backend, attrs: attrs as tf.NamedAttrMap }) as Result;
}
