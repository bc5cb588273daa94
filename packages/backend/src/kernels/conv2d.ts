import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import { applyBiasAndActivation, type FusedAttributes } from './fused';
import { runStock, type KernelCall, type KernelDefinition } from './registry';

type Shape4D = [number, number, number, number];

interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dilations?: number | [number, number];
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: Shape4D;
  readonly filterShape?: Shape4D;
}

/** The geometry of a convolution, or undefined for the layout (NCHW) that we leave to others. */
function geometry(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: ConvAttributes,
): tf.backend_util.Conv2DInfo | undefined {
  if (attrs.dataFormat === 'NCHW') return undefined;
  return tf.backend_util.computeConv2DInfo(
    xShape as Shape4D,
    filterShape as Shape4D,
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad as Parameters<typeof tf.backend_util.computeConv2DInfo>[4],
    attrs.dimRoundingMode,
    false,
    'channelsLast',
  );
}

function forward(call: KernelCall): tf.TensorInfo | undefined {
  const { inputs, backend, hot } = call;
  const { x, filter } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
  const info = geometry(x.shape, filter.shape, call.attrs as unknown as ConvAttributes);
  if (!info) return undefined;
  const y = backend.makeOutput(info.outShape, 'float32');
  hot.conv2d(info, addressOf(backend, x), addressOf(backend, filter), addressOf(backend, y));
  return y;
}

export const conv2d: KernelDefinition = {
  name: 'Conv2D',
  run: (call, stock) => forward(call) ?? runStock('Conv2D', call, stock),
};

export const fusedConv2d: KernelDefinition = {
  name: 'FusedConv2D',
  run(call, stock) {
    const y = forward(call);
    if (!y) return runStock('FusedConv2D', call, stock);
    return applyBiasAndActivation(y, call, call.attrs as unknown as FusedAttributes);
  },
};

export const conv2dBackpropInput: KernelDefinition = {
  name: 'Conv2DBackpropInput',
  run(call, stock) {
    const { inputs, backend, hot } = call;
    const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = call.attrs as unknown as ConvAttributes;
    const info = geometry(attrs.inputShape!, filter.shape, attrs);
    if (!info) return runStock('Conv2DBackpropInput', call, stock);
    const dx = backend.makeOutput(info.inShape, 'float32');
    const at = (t: tf.TensorInfo): number => addressOf(backend, t);
    hot.conv2dInputGradient(info, at(dy), at(filter), at(dx));
    return dx;
  },
};

export const conv2dBackpropFilter: KernelDefinition = {
  name: 'Conv2DBackpropFilter',
  run(call, stock) {
    const { inputs, backend, hot } = call;
    const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
    const attrs = call.attrs as unknown as ConvAttributes;
    const info = geometry(x.shape, attrs.filterShape!, attrs);
    if (!info) return runStock('Conv2DBackpropFilter', call, stock);
    const dw = backend.makeOutput(info.filterShape, 'float32');
    const at = (t: tf.TensorInfo): number => addressOf(backend, t);
    hot.conv2dFilterGradient(info, at(x), at(dy), at(dw));
    return dw;
  },
};
