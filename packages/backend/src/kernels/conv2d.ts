import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import { applyBiasAndActivation, type FusedAttributes } from './fused';
import { permuted } from './move';
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

const TO_NHWC = [0, 2, 3, 1];
const TO_NCHW = [0, 3, 1, 2];

const attributesOf = (call: KernelCall): ConvAttributes => call.attrs as unknown as ConvAttributes;

function geometry(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: ConvAttributes,
): tf.backend_util.Conv2DInfo {
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

/**
 * Runs `body` as if images were NHWC: where they are NCHW, on turned copies of the named inputs,
 * turning the result back (unless it is a filter).
 */
function channelsLast(
  call: KernelCall,
  images: readonly string[],
  turnsBack: boolean,
  body: (call: KernelCall) => tf.TensorInfo,
): tf.TensorInfo {
  const attrs = attributesOf(call);
  if (attrs.dataFormat !== 'NCHW') return body(call);
  const { backend } = call;
  const inputs = { ...call.inputs };
  const made: tf.TensorInfo[] = [];
  const turn = (name: string, perm: readonly number[]): void => {
    inputs[name] = permuted(call, inputs[name]!, perm);
    made.push(inputs[name]);
  };
  for (const name of images) turn(name, TO_NHWC);
  if (inputs['preluActivationWeights']?.shape.length === 3) {
    turn('preluActivationWeights', [1, 2, 0]);
  }
  const [n, c, h, w] = attrs.inputShape ?? [0, 0, 0, 0];
  const shape = attrs.inputShape && { inputShape: [n, h, w, c] };
  const pad = Array.isArray(attrs.pad)
    ? TO_NHWC.map((axis) => (attrs.pad as number[][])[axis]!)
    : attrs.pad;
  const y = body({ ...call, inputs, attrs: { ...attrs, ...shape, pad, dataFormat: 'NHWC' } });
  for (const info of made) backend.disposeData(info.dataId);
  if (!turnsBack) return y;
  const back = permuted(call, y, TO_NCHW);
  backend.disposeData(y.dataId);
  return back;
}

function forward(call: KernelCall): tf.TensorInfo {
  const { inputs, backend, hot } = call;
  const { x, filter } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
  const info = geometry(x.shape, filter.shape, attributesOf(call));
  const y = backend.makeOutput(info.outShape, 'float32');
  hot.conv2d(info, addressOf(backend, x), addressOf(backend, filter), addressOf(backend, y));
  return y;
}

export const conv2d: KernelDefinition = {
  name: 'Conv2D',
  run: (call) => channelsLast(call, ['x'], true, forward),
};

export const fusedConv2d: KernelDefinition = {
  name: 'FusedConv2D',
  run: (call) =>
    channelsLast(call, ['x'], true, (last) =>
      applyBiasAndActivation(forward(last), last, last.attrs as unknown as FusedAttributes),
    ),
};

export const conv2dBackpropInput: KernelDefinition = {
  name: 'Conv2DBackpropInput',
  run: (call, stock) =>
    channelsLast(call, ['dy'], true, (last) => {
      const { inputs, backend, hot } = last;
      const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
      const attrs = attributesOf(last);
      const info = geometry(attrs.inputShape!, filter.shape, attrs);
      if (!tf.util.arraysEqual(info.outShape, dy.shape)) {
        // conv2dTranspose to a shape that convolution would not bring back here.
        return runStock('Conv2DBackpropInput', last, stock);
      }
      const dx = backend.makeOutput(info.inShape, 'float32');
      const at = (t: tf.TensorInfo): number => addressOf(backend, t);
      hot.conv2dInputGradient(info, at(dy), at(filter), at(dx));
      return dx;
    }),
};

export const conv2dBackpropFilter: KernelDefinition = {
  name: 'Conv2DBackpropFilter',
  run: (call) =>
    channelsLast(call, ['x', 'dy'], false, (last) => {
      const { inputs, backend, hot } = last;
      const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
      const attrs = attributesOf(last);
      const info = geometry(x.shape, attrs.filterShape!, attrs);
      const dw = backend.makeOutput(info.filterShape, 'float32');
      const at = (t: tf.TensorInfo): number => addressOf(backend, t);
      hot.conv2dFilterGradient(info, at(x), at(dy), at(dw));
      return dw;
    }),
};
