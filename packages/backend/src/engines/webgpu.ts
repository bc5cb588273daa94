import * as tf from '@tensorflow/tfjs';
import { installGradients } from '../gradients';
import type { Engine } from './engine';

interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly isFallbackAdapter?: boolean };
}

interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

/** A GPU through WebGPU: browsers, or Node where the program provides `navigator.gpu`. */
export const webgpu: Engine = {
  name: 'webgpu',
  device: 'GPU, WebGPU',
  async probe() {
    const gpu = (globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu;
    if (!gpu) throw new Error('There is no navigator.gpu here.');
    const adapter = await gpu.requestAdapter();
    if (!adapter) throw new Error('WebGPU found no adapter.');
    if (adapter.isFallbackAdapter || adapter.info?.isFallbackAdapter) {
      throw new Error('WebGPU has only a software adapter.');
    }
    if (!tf.findBackendFactory('webgpu')) {
      throw new Error(
        "WebGPU is there, its tfjs backend is not: install @tensorflow/tfjs-backend-webgpu and import '@tensorflow/tfjs-backend-webgpu' before setupEngine().",
      );
    }
  },
  async start(threads) {
    await webgpu.probe(threads);
    installGradients();
    if (!(await tf.setBackend('webgpu'))) throw new Error('The webgpu engine did not start.');
    return 1;
  },
};
