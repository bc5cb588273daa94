import * as tf from '@tensorflow/tfjs';
import { BINARY, COMPARE } from '../companion/companion';
import { addressOf } from '../wasm-backend';
import { runStock, type KernelCall, type KernelDefinition } from './registry';
import { denseStrides, stridedCopy } from './strided-copy';

/** An operand as the companion walks it: in full, or one number again and again. */
interface Walk {
  readonly address: number;
  readonly step: 0 | 1;
  readonly expanded?: tf.TensorInfo;
}

/** Broadcasts an operand to `shape`: for free if it is whole or one number, else by a copy. */
function walk({ backend, hot }: KernelCall, x: tf.TensorInfo, shape: number[]): Walk {
  const size = tf.util.sizeFromShape(x.shape);
  if (size === tf.util.sizeFromShape(shape)) return { address: addressOf(backend, x), step: 1 };
  if (size === 1) return { address: addressOf(backend, x), step: 0 };
  const expanded = backend.makeOutput(shape, x.dtype);
  const own = denseStrides(x.shape);
  const lead = shape.length - x.shape.length;
  const strides = shape.map((_, i) => (i < lead || x.shape[i - lead] === 1 ? 0 : own[i - lead]!));
  const address = addressOf(backend, expanded);
  stridedCopy(
    hot.companion,
    shape,
    { address: addressOf(backend, x), strides },
    { address, strides: denseStrides(shape) },
  );
  return { address, step: 1, expanded };
}

function binary(
  name: keyof typeof BINARY | keyof typeof COMPARE,
  operation: 'binary' | 'compare',
  code: number,
): KernelDefinition {
  return {
    name,
    run(call, stock) {
      const { inputs, backend, hot } = call;
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      if (a.dtype !== 'float32' || b.dtype !== 'float32') return runStock(name, call, stock);
      const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const p = walk(call, a, shape);
      const q = walk(call, b, shape);
      const y = backend.makeOutput(shape, operation === 'binary' ? 'float32' : 'bool');
      const size = tf.util.sizeFromShape(shape);
      hot.companion[operation](
        code,
        p.address,
        p.step,
        q.address,
        q.step,
        addressOf(backend, y),
        size,
      );
      for (const { expanded } of [p, q]) if (expanded) backend.disposeData(expanded.dataId);
      return y;
    },
  };
}

const entries = <K extends string>(codes: Record<K, number>): [K, number][] =>
  Object.entries(codes) as [K, number][];

export const binaries: readonly KernelDefinition[] = [
  ...entries(BINARY).map(([name, code]) => binary(name, 'binary', code)),
  ...entries(COMPARE).map(([name, code]) => binary(name, 'compare', code)),
];

export const select: KernelDefinition = {
  name: 'Select',
  run(call, stock) {
    const { inputs, backend, hot } = call;
    const { condition, t, e } = inputs as Record<'condition' | 't' | 'e', tf.TensorInfo>;
    const size = tf.util.sizeFromShape(t.shape);
    if (
      (t.dtype !== 'float32' && t.dtype !== 'int32') ||
      tf.util.sizeFromShape(condition.shape) !== size ||
      tf.util.sizeFromShape(e.shape) !== size
    ) {
      return runStock('Select', call, stock);
    }
    const y = backend.makeOutput(t.shape, t.dtype);
    const at = (x: tf.TensorInfo): number => addressOf(backend, x);
    hot.companion.select(at(condition), at(t), at(e), at(y), size);
    return y;
  },
};
