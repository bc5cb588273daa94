import * as tf from '@tensorflow/tfjs';
import { kernelDefinitions } from '../kernels';
import { companionKernels } from '../kernels/companion-kernels';
import { installKernels } from '../kernels/registry';
import { loadBinding } from '../onnxruntime/binding';
import { onnxruntimeKernels } from '../onnxruntime/kernels';
import type { Engine } from './engine';
import { wasm } from './wasm';

let threadsUsed = 0;

/**
 * The wasm engine with its matrix products run natively by onnxruntime-node (Node only). It is a
 * tfjs backend of its own name on the same heap, so that `wasm` stays what it is.
 */
export const onnxruntime: Engine = {
  name: 'onnxruntime',
  device: 'CPU, onnxruntime on the WebAssembly heap',
  async probe() {
    await loadBinding();
  },
  async start(threads) {
    const binding = await loadBinding();
    await wasm.start(1);
    if (!tf.findBackendFactory('onnxruntime')) {
      // One instance under both names: the stock kernels know only the backend set up last.
      const { registry } = tf.engine();
      threadsUsed = threads;
      tf.copyRegisteredKernels('wasm', 'onnxruntime');
      installKernels('onnxruntime', kernelDefinitions, (backend) =>
        onnxruntimeKernels(binding, threads, backend, companionKernels(backend)),
      );
      tf.registerBackend('onnxruntime', async () => {
        const shared = registry['wasm'] ?? (await tf.findBackendFactory('wasm')());
        disposeOnce(shared);
        return shared;
      });
    }
    if (!(await tf.setBackend('onnxruntime'))) {
      throw new Error('The onnxruntime engine did not start.');
    }
    return threadsUsed;
  },
};

/** tfjs disposes a backend under each of its names. */
function disposeOnce(backend: { dispose(): void }): void {
  const dispose = backend.dispose.bind(backend);
  let done = false;
  backend.dispose = () => {
    if (!done) dispose();
    done = true;
  };
}
