import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import { runStock, type KernelDefinition } from './registry';

export const gatherV2: KernelDefinition = {
  name: 'GatherV2',
  run(call, stock) {
    const { inputs, attrs, backend, hot } = call;
    const { x, indices } = inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
    const { axis, batchDims } = attrs as { axis: number; batchDims: number };
    const words = x.dtype === 'float32' || x.dtype === 'int32';
    if (!words || indices.dtype !== 'int32' || batchDims !== 0) {
      return runStock('GatherV2', call, stock);
    }
    const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
    const rows = x.shape[at]!;
    const count = tf.util.sizeFromShape(indices.shape);
    const index = addressOf(backend, indices);
    if (!hot.companion.indicesIn(index, count, rows)) {
      const values = new Int32Array(backend.wasm.asm.memory.buffer, index, count);
      const wrong = values.find((value) => value < 0 || value >= rows);
      throw new Error(`GatherV2: the index value ${wrong} is not in [0, ${rows - 1}]`);
    }
    const before = x.shape.slice(0, at);
    const after = x.shape.slice(at + 1);
    const out = backend.makeOutput([...before, ...indices.shape, ...after], x.dtype);
    hot.gatherRows(
      addressOf(backend, x),
      index,
      addressOf(backend, out),
      tf.util.sizeFromShape(before),
      rows,
      count,
      4 * tf.util.sizeFromShape(after),
    );
    return out;
  },
};

/** Rows summed by segment: the gradient of gather. Stock wasm has none. */
export const unsortedSegmentSum: KernelDefinition = {
  name: 'UnsortedSegmentSum',
  run({ inputs, attrs, backend, hot }) {
    const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
    const { numSegments } = attrs as { numSegments: number };
    if (x.dtype !== 'float32' || segmentIds.dtype !== 'int32') {
      throw new Error(
        `UnsortedSegmentSum on wasm takes float32 and int32 segments, got ${x.dtype} and ` +
          `${segmentIds.dtype}.`,
      );
    }
    const row = x.shape.slice(segmentIds.shape.length);
    const out = backend.makeOutput([numSegments, ...row], 'float32');
    const size = tf.util.sizeFromShape(row);
    hot.companion.zeroFill(addressOf(backend, out), numSegments * size);
    hot.addRowsAt(
      addressOf(backend, x),
      addressOf(backend, segmentIds),
      addressOf(backend, out),
      tf.util.sizeFromShape(segmentIds.shape),
      numSegments,
      4 * size,
    );
    return out;
  },
};
