import * as tf from '@tensorflow/tfjs';
import { strided } from './move';
import { runStock, type KernelDefinition } from './registry';

type Shape4D = [number, number, number, number];

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Pooling over windows of one pixel, where the stock kernel fails without a word and leaves its
 * result unwritten: every stride-th pixel. With padding it is refused.
 */
function pool(name: 'AvgPool' | 'MaxPool'): KernelDefinition {
  return {
    name,
    run(call, stock) {
      const attrs = call.attrs as unknown as PoolAttributes;
      const x = call.inputs['x']!;
      const info = tf.backend_util.computePool2DInfo(
        x.shape as Shape4D,
        attrs.filterSize,
        attrs.strides,
        1,
        attrs.pad,
        attrs.dimRoundingMode,
      );
      if (info.filterHeight > 1 || info.filterWidth > 1) return runStock(name, call, stock);
      if (info.padInfo.top > 0 || info.padInfo.left > 0) {
        throw new Error(`${name} on wasm: windows of one pixel with padding are not supported.`);
      }
      return strided(call, x, info.outShape, [1, info.strideHeight, info.strideWidth, 1]);
    },
  };
}

export const avgPool = pool('AvgPool');
export const maxPool = pool('MaxPool');
