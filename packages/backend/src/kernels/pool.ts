import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import { denseStrides, stridedCopy } from './strided-copy';
import { runStock, type KernelCall, type KernelDefinition } from './registry';
import { identity } from './share';

type Shape4D = [number, number, number, number];

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Which outputs have their pixel inside the image: the first, how many, and the first's pixel. */
function inside(size: number, outputs: number, stride: number, padding: number): number[] {
  const first = Math.ceil(padding / stride);
  const last = Math.min(outputs - 1, Math.floor((size - 1 + padding) / stride));
  return [first, Math.max(0, last - first + 1), first * stride - padding];
}

/** Every stride-th pixel; where padding puts the window outside the image, the value of no pixel. */
function pixels(
  { backend, hot }: KernelCall,
  x: tf.TensorInfo,
  info: tf.backend_util.Conv2DInfo,
  nothing: number,
): tf.TensorInfo {
  const y = backend.makeOutput(info.outShape, x.dtype);
  const [row, rows, top] = inside(
    info.inHeight,
    info.outHeight,
    info.strideHeight,
    info.padInfo.top,
  ) as [number, number, number];
  const [column, columns, left] = inside(
    info.inWidth,
    info.outWidth,
    info.strideWidth,
    info.padInfo.left,
  ) as [number, number, number];
  if (rows < info.outHeight || columns < info.outWidth) {
    const View = x.dtype === 'int32' ? Int32Array : Float32Array;
    const size = tf.util.sizeFromShape(y.shape);
    new View(backend.wasm.asm.memory.buffer, addressOf(backend, y), size).fill(nothing);
  }
  const [batch, high, wide, deep] = denseStrides(x.shape) as Shape4D;
  const to = denseStrides(y.shape) as Shape4D;
  stridedCopy(
    hot.companion,
    [info.batchSize, rows, columns, info.inChannels],
    {
      address: addressOf(backend, x) + top * high + left * wide,
      strides: [batch, high * info.strideHeight, wide * info.strideWidth, deep],
    },
    { address: addressOf(backend, y) + row * to[1] + column * to[2], strides: to },
  );
  return y;
}

/**
 * Pooling over windows of one pixel, where the stock kernel fails without a word and leaves its
 * result unwritten. As on tfjs's other backends, a result of the argument's shape is the argument,
 * whatever its padding; a window beside the image has the maximum −∞ and the mean NaN.
 */
function pool(name: 'AvgPool' | 'MaxPool', nothing: number): KernelDefinition {
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
      if (tf.util.arraysEqual(info.inShape, info.outShape)) return identity.run(call, undefined);
      return pixels(call, x, info, nothing);
    },
  };
}

export const avgPool = pool('AvgPool', NaN);
export const maxPool = pool('MaxPool', -Infinity);
