import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import { runStock, type KernelDefinition } from './registry';

/**
 * Sum and Mean where the reduced axes stand together (all bias gradients, all totals): seen as
 * [outer, middle, inner] without moving a number. Scattered axes keep the stock kernel.
 */
function reduction(name: 'Sum' | 'Mean'): KernelDefinition {
  return {
    name,
    run(call, stock) {
      const { inputs, backend, hot, attrs } = call;
      const x = inputs['x']!;
      const { axis, keepDims } = attrs as { axis: number | number[]; keepDims: boolean };
      const axes = tf.util.parseAxisParam(axis, x.shape).sort((p, q) => p - q);
      // Axes of length 1 between reduced ones do not part them.
      const first = axes[0] ?? 0;
      const last = axes[axes.length - 1] ?? -1;
      for (let i = first; i <= last; i++) {
        if (!axes.includes(i) && x.shape[i] !== 1) return runStock(name, call, stock);
      }
      if (x.dtype !== 'float32') return runStock(name, call, stock);
      const size = (from: number, to: number): number =>
        tf.util.sizeFromShape(x.shape.slice(from, to));
      const outer = size(0, first);
      const middle = size(first, last + 1);
      const inner = size(last + 1, x.shape.length);
      const shape = x.shape.flatMap((n, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [n]));
      const y = backend.makeOutput(shape, 'float32');
      const scale = name === 'Mean' ? 1 / middle : 1;
      const at = (t: tf.TensorInfo): number => addressOf(backend, t);
      hot.sumMiddle(at(x), at(y), outer, middle, inner, scale);
      return y;
    },
  };
}

export const sum = reduction('Sum');
export const mean = reduction('Mean');
