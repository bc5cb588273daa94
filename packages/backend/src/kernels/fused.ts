import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import type { KernelCall } from './registry';

export interface FusedAttributes {
  readonly activation: string;
  readonly leakyreluAlpha?: number;
}

/** Runs another kernel of the same backend and gives up its first argument's memory. */
function through(
  name: string,
  call: KernelCall,
  inputs: Record<string, tf.TensorInfo>,
  dispose: tf.TensorInfo,
): tf.TensorInfo {
  const kernel = tf.getKernel(name, tf.getBackend());
  const out = kernel.kernelFunc({ inputs, backend: call.backend, attrs: {} }) as tf.TensorInfo;
  call.backend.disposeData(dispose.dataId);
  return out;
}

/** Adds the bias and applies the activation, in place where it can. */
export function applyBiasAndActivation(
  y: tf.TensorInfo,
  call: KernelCall,
  { activation, leakyreluAlpha }: FusedAttributes,
): tf.TensorInfo {
  const { backend, hot, inputs } = call;
  const size = tf.util.sizeFromShape(y.shape);
  const columns = y.shape[y.shape.length - 1]!;
  const bias = inputs['bias'];
  if (bias) {
    if (tf.util.sizeFromShape(bias.shape) === columns) {
      hot.addRow(addressOf(backend, y), addressOf(backend, bias), size / columns, columns);
    } else y = through('Add', call, { a: y, b: bias }, y);
  }
  const at = addressOf(backend, y);
  switch (activation) {
    case 'linear':
      return y;
    case 'relu':
      hot.relu(at, at, size);
      return y;
    case 'sigmoid':
      hot.sigmoid(at, at, size);
      return y;
    case 'elu':
      hot.elu(at, at, size);
      return y;
    case 'leakyrelu':
      hot.leakyRelu(at, at, size, leakyreluAlpha ?? 0);
      return y;
    case 'relu6':
      return through('Relu6', call, { x: y }, y);
    case 'prelu': {
      const alpha = inputs['preluActivationWeights'];
      if (!alpha) throw new Error('Activation prelu needs preluActivationWeights.');
      return through('Prelu', call, { x: y, alpha }, y);
    }
    default:
      throw new Error(
        `Activation ${activation} is not supported in a fused operation; expected linear, relu, ` +
          'relu6, elu, sigmoid, leakyrelu or prelu.',
      );
  }
}
