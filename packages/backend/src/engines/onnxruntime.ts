import * as tf from '@tensorflow/tfjs';
import { kernelDefinitions } from '../kernels';
import { companionKernels } from '../kernels/companion-kernels';
import { installKernels } from '../kernels/registry';
import { loadBinding } from '../onnxruntime/binding';
import { onnxruntimeKernels } from '../onnxruntime/kernels';
import { startWasm } from './wasm';

/**
 * The wasm engine with its hot kernels run natively by onnxruntime-node (Node only). It is a tfjs
 * backend of its own name on the same heap, so that `wasm` stays what it is.
 */
export async function startOnnxruntime(threads: number): Promise<void> {
  const binding = await loadBinding();
  await startWasm();
  if (!tf.findBackendFactory('onnxruntime')) {
    // One instance under both names: the stock kernels know only the backend set up last.
    const shared = tf.backend();
    tf.copyRegisteredKernels('wasm', 'onnxruntime');
    installKernels('onnxruntime', kernelDefinitions, (backend) =>
      onnxruntimeKernels(binding, threads, backend, companionKernels(backend)),
    );
    tf.registerBackend('onnxruntime', () => shared);
  }
  if (!(await tf.setBackend('onnxruntime'))) {
    throw new Error('The onnxruntime engine did not start.');
  }
}
