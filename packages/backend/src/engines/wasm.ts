import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { compileCompanion } from '../companion/companion';
import { installGradients } from '../gradients';
import { kernelDefinitions } from '../kernels';
import { companionKernels } from '../kernels/companion-kernels';
import { installKernels } from '../kernels/registry';

/** tfjs-backend-wasm with our kernels on its heap. */
export async function startWasm(): Promise<void> {
  await compileCompanion();
  installKernels('wasm', kernelDefinitions, companionKernels);
  installGradients();
  if (!(await tf.setBackend('wasm'))) throw new Error('The wasm engine did not start.');
}
