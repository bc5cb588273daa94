import * as tf from '@tensorflow/tfjs';
import { installGradients } from '../gradients';
import { installTensorflowKernels } from '../tensorflow/kernels';
import { loadTensorflow, type LoadedTensorflow } from '../tensorflow/load';
import type { Engine } from './engine';

let running: LoadedTensorflow | undefined;

/** TensorFlow's C library through tfjs-node, on CPU or CUDA. */
export const tensorflow: Engine = {
  name: 'tensorflow',
  get device() {
    if (!running) return 'libtensorflow';
    return `${running.gpu ? 'GPU, CUDA' : 'CPU'}, libtensorflow ${running.version}`;
  },
  async probe(threads) {
    running = await loadTensorflow(threads);
  },
  async start(threads) {
    running = await loadTensorflow(threads);
    installTensorflowKernels();
    installGradients();
    if (!(await tf.setBackend('tensorflow'))) {
      throw new Error('The tensorflow engine did not start.');
    }
    return running.threads;
  },
};
