import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import { applyBiasAndActivation, type FusedAttributes } from './fused';
import type { KernelCall, KernelDefinition } from './registry';
import { cast } from './share';

/**
 * matMul of any two batches: every transposition, batches broadcast against each other. No operator
 * is cached, so reshaped operands and assigned variables are always read as they are now (the stock
 * kernel reuses the packed weights of an older shape).
 */
function product({ inputs, attrs, backend, hot }: KernelCall): tf.TensorInfo {
  const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
  const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [kOfB, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (k !== kOfB) {
    throw new Error(
      `Error in matMul: inner shapes (${k}) and (${kOfB}) of Tensors with shapes ${a.shape} and ` +
        `${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
    );
  }
  const aBatch = a.shape.slice(0, -2);
  const bBatch = b.shape.slice(0, -2);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const out = backend.makeOutput([...batch, m, n], 'float32');
  const count = tf.util.sizeFromShape(batch);
  const from = { a: addressOf(backend, a), b: addressOf(backend, b), c: addressOf(backend, out) };
  const problem = { m, n, k, transposeA, transposeB };
  if (count === 1) {
    hot.matMul({ ...problem, ...from });
    return out;
  }
  if (!transposeA && tf.util.sizeFromShape(bBatch) === 1) {
    // One right operand for the whole batch: a single tall product.
    hot.matMul({ ...problem, ...from, m: m * count });
    return out;
  }
  const aAt = batchOffsets(aBatch, batch);
  const bAt = batchOffsets(bBatch, batch);
  for (let i = 0; i < count; i++) {
    hot.matMul({
      ...problem,
      a: from.a + 4 * m * k * aAt(i),
      b: from.b + 4 * k * n * bAt(i),
      c: from.c + 4 * m * n * i,
    });
  }
  return out;
}

/** Which matrix of an operand goes with the i-th matrix of the result. */
function batchOffsets(own: readonly number[], full: readonly number[]): (i: number) => number {
  const ownSize = tf.util.sizeFromShape(own as number[]);
  if (ownSize === tf.util.sizeFromShape(full as number[])) return (i) => i;
  if (ownSize === 1) return () => 0;
  return (i) => {
    let at = 0;
    let stride = 1;
    for (let axis = full.length - 1, o = own.length - 1; o >= 0; axis--, o--) {
      const place = i % full[axis]!;
      i = (i - place) / full[axis]!;
      if (own[o] !== 1) at += place * stride;
      stride *= own[o]!;
    }
    return at;
  };
}

/** Whole numbers are multiplied as float32 (exact to 2²⁴) and come back as int32. */
function anyType(call: KernelCall, multiply: (call: KernelCall) => tf.TensorInfo): tf.TensorInfo {
  const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw new Error(`matMul: expected two matrices, got shapes [${a.shape}] and [${b.shape}].`);
  }
  if (a.dtype === 'float32' && b.dtype === 'float32') return multiply(call);
  const { backend } = call;
  const as = (x: tf.TensorInfo, dtype: string): tf.TensorInfo =>
    cast.run({ ...call, inputs: { x }, attrs: { dtype } }, undefined);
  const inputs = { ...call.inputs, a: as(a, 'float32'), b: as(b, 'float32') };
  const product = multiply({ ...call, inputs });
  const y = as(product, a.dtype);
  for (const made of [inputs.a, inputs.b, product]) backend.disposeData(made.dataId);
  return y;
}

export const batchMatMul: KernelDefinition = {
  name: 'BatchMatMul',
  run: (call) => anyType(call, product),
};

export const fusedMatMul: KernelDefinition = {
  name: '_FusedMatMul',
  run: (call) =>
    anyType(call, (floats) =>
      applyBiasAndActivation(product(floats), floats, call.attrs as unknown as FusedAttributes),
    ),
};
