import * as tf from '@tensorflow/tfjs';
import { runStock, type KernelDefinition } from './registry';

/** One histogram of all numbers; the stock kernel gives images a row of bins for each of their rows. */
export const bincount: KernelDefinition = {
  name: 'Bincount',
  run(call, stock) {
    const x = call.inputs['x']!;
    const flat = { ...x, shape: [tf.util.sizeFromShape(x.shape)] };
    return runStock('Bincount', { ...call, inputs: { ...call.inputs, x: flat } }, stock);
  },
};
