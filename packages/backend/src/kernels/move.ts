import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import { runStock, type KernelCall, type KernelDefinition } from './registry';
import { denseStrides, stridedCopy } from './strided-copy';

/** Numbers of four bytes: what strided copies move. */
const isWord = (x: tf.TensorInfo): boolean => x.dtype === 'float32' || x.dtype === 'int32';

/** A new tensor of `shape`, read from `x` with these strides from this offset (bytes). */
function readStrided(
  { backend, hot }: KernelCall,
  x: tf.TensorInfo,
  shape: number[],
  strides: readonly number[],
  offset = 0,
): tf.TensorInfo {
  const out = backend.makeOutput(shape, x.dtype);
  stridedCopy(
    hot.companion,
    shape,
    { address: addressOf(backend, x) + offset, strides },
    { address: addressOf(backend, out), strides: denseStrides(shape) },
  );
  return out;
}

/** A copy of `x` with its axes in another order. */
export function permuted(
  call: KernelCall,
  x: tf.TensorInfo,
  perm: readonly number[],
): tf.TensorInfo {
  const strides = denseStrides(x.shape);
  return readStrided(
    call,
    x,
    perm.map((axis) => x.shape[axis]!),
    perm.map((axis) => strides[axis]!),
  );
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

export const slice: KernelDefinition = {
  name: 'Slice',
  run(call, stock) {
    const x = call.inputs['x']!;
    if (!isWord(x)) return runStock('Slice', call, stock);
    const { begin, size } = call.attrs as { begin: number[]; size: number[] };
    const [from, shape] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size);
    tf.slice_util.assertParamsValid(x as tf.Tensor, from!, shape!);
    const strides = denseStrides(x.shape);
    return readStrided(call, x, shape!, strides, dot(from!, strides));
  },
};

export const stridedSlice: KernelDefinition = {
  name: 'StridedSlice',
  run(call, stock) {
    const x = call.inputs['x']!;
    if (!isWord(x)) return runStock('StridedSlice', call, stock);
    const a = call.attrs as unknown as Record<'begin' | 'end' | 'strides', number[]> &
      Record<'beginMask' | 'endMask' | 'ellipsisMask' | 'newAxisMask' | 'shrinkAxisMask', number>;
    const info = tf.slice_util.sliceInfo(
      x.shape,
      a.begin,
      a.end,
      a.strides,
      a.beginMask,
      a.endMask,
      a.ellipsisMask,
      a.newAxisMask,
      a.shrinkAxisMask,
    );
    const shape = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
    const strides = denseStrides(x.shape);
    const out = readStrided(
      call,
      x,
      shape,
      strides.map((s, i) => s * info.strides[i]!),
      dot(info.begin, strides),
    );
    return { ...out, shape: info.finalShape };
  },
};

export const splitV: KernelDefinition<tf.TensorInfo[]> = {
  name: 'SplitV',
  run(call, stock) {
    const x = call.inputs['x']!;
    if (!isWord(x)) return runStock('SplitV', call, stock);
    const attrs = call.attrs as { numOrSizeSplits: number[] | number; axis: number };
    const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
    const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, attrs.numOrSizeSplits, axis);
    const strides = denseStrides(x.shape);
    let at = 0;
    return sizes.map((size) => {
      const shape = x.shape.map((n, i) => (i === axis ? size : n));
      const part = readStrided(call, x, shape, strides, at * strides[axis]!);
      at += size;
      return part;
    });
  },
};

export const transpose: KernelDefinition = {
  name: 'Transpose',
  run(call, stock) {
    const x = call.inputs['x']!;
    const { perm } = call.attrs as { perm: number[] };
    if (!isWord(x)) return runStock('Transpose', call, stock);
    const long = perm.filter((axis) => x.shape[axis] !== 1);
    const shape = perm.map((axis) => x.shape[axis]!);
    if (long.every((axis, i) => i === 0 || axis > long[i - 1]!)) {
      call.backend.incRef(x.dataId); // nothing moves: the same memory in another shape
      return { dataId: x.dataId, shape, dtype: x.dtype };
    }
    return permuted(call, x, perm);
  },
};

export const reverse: KernelDefinition = {
  name: 'Reverse',
  run(call, stock) {
    const x = call.inputs['x']!;
    if (!isWord(x)) return runStock('Reverse', call, stock);
    const axes = tf.util.parseAxisParam((call.attrs as { dims: number[] }).dims, x.shape);
    const strides = denseStrides(x.shape);
    const offset = axes.reduce((sum, i) => sum + Math.max(0, x.shape[i]! - 1) * strides[i]!, 0);
    const turned = strides.map((s, i) => (axes.includes(i) ? -s : s));
    return readStrided(call, x, [...x.shape], turned, offset);
  },
};

export const tile: KernelDefinition = {
  name: 'Tile',
  run(call, stock) {
    const x = call.inputs['x']!;
    if (!isWord(x)) return runStock('Tile', call, stock);
    const { reps } = call.attrs as { reps: number[] };
    // Each axis seen as [repeat, size], where a step of repeat goes nowhere.
    const strides = denseStrides(x.shape);
    const shape = x.shape.flatMap((n, i) => [reps[i]!, n]);
    const out = readStrided(
      call,
      x,
      shape,
      strides.flatMap((s) => [0, s]),
    );
    const tiled = x.shape.map((n, i) => n * reps[i]!);
    return { dataId: out.dataId, shape: tiled, dtype: x.dtype };
  },
};

export const concat: KernelDefinition = {
  name: 'Concat',
  run(call, stock) {
    const { backend, hot } = call;
    const parts = Object.values(call.inputs);
    const first = parts[0]!;
    if (!isWord(first)) return runStock('Concat', call, stock);
    const axis = tf.util.parseAxisParam((call.attrs as { axis: number }).axis, first.shape)[0]!;
    const shapes = parts.map((part) => part.shape);
    tf.backend_util.assertParamsConsistent(shapes, axis);
    const shape = tf.backend_util.computeOutShape(shapes, axis);
    const out = backend.makeOutput(shape, first.dtype);
    const strides = denseStrides(shape);
    let address = addressOf(backend, out);
    for (const part of parts) {
      stridedCopy(
        hot.companion,
        part.shape,
        { address: addressOf(backend, part), strides: denseStrides(part.shape) },
        { address, strides },
      );
      address += part.shape[axis]! * strides[axis]!;
    }
    return out;
  },
};
