import * as tf from '@tensorflow/tfjs';
import type { WasmBackend } from '../wasm-backend';
import { companionKernels } from './companion-kernels';
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

const kernelsOf = new WeakMap<object, HotKernels>();

/** The hot kernels that serve a backend; the companion's unless an accelerator was set. */
function hotKernels(backend: WasmBackend): HotKernels {
  let kernels = kernelsOf.get(backend);
  if (!kernels) {
    kernels = companionKernels(backend);
    kernelsOf.set(backend, kernels);
  }
  return kernels;
}

/** Like {@link hotKernels}, but undefined where the current tfjs backend is not one of ours. */
export function currentHotKernels(): { backend: WasmBackend; hot: HotKernels } | undefined {
  const backend = tf.backend() as unknown as WasmBackend;
  const hot = installed.has(tf.getBackend()) ? hotKernels(backend) : undefined;
  return hot && { backend, hot };
}

const installed = new Set<string>();

/** Registers our kernels under a tfjs backend name, in place of the stock ones. Safe to repeat. */
export function installKernels(
  backendName: string,
  definitions: readonly KernelDefinition<tf.TensorInfo | tf.TensorInfo[]>[],
): void {
  if (installed.has(backendName)) return;
  installed.add(backendName);
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
            hot: hotKernels(backend as WasmBackend),
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
