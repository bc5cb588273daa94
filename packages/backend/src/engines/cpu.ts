import * as tf from '@tensorflow/tfjs';
import { installGradients } from '../gradients';
import type { Engine } from './engine';

/** tfjs's plain JavaScript engine: slow, and the reference that the others are tested against. */
export const cpu: Engine = {
  name: 'cpu',
  device: 'CPU, plain JavaScript',
  async probe() {},
  async start() {
    installGradients();
    await tf.setBackend('cpu');
    // It would advise to install tfjs-node at first use; our `reasons` say what there is.
    (tf.backend() as { firstUse?: boolean }).firstUse = false;
    return 1;
  },
};
