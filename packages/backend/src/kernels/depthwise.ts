import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import { applyBiasAndActivation, type FusedAttributes } from './fused';
import type { KernelDefinition } from './registry';

type Shape4D = [number, number, number, number];

interface Attributes {
  readonly strides: number | [number, number];
  readonly dilations: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: Shape4D;
  readonly filterShape?: Shape4D;
}

function geometry(
  x: number[],
  filter: number[],
  { strides, dilations, pad, dimRoundingMode }: Attributes,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    x as Shape4D,
    filter as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  );
}

/** Gradients of depthwise convolutions, which stock wasm lacks. */
export const depthwiseBackpropInput: KernelDefinition = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  run(call) {
    const { dy, filter } = call.inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = call.attrs as unknown as Attributes;
    const info = geometry(attrs.inputShape!, filter.shape, attrs);
    const dx = call.backend.makeOutput(info.inShape, 'float32');
    const at = (t: tf.TensorInfo): number => addressOf(call.backend, t);
    call.hot.depthwiseInputGradient(info, at(dy), at(filter), at(dx));
    return dx;
  },
};

export const depthwiseBackpropFilter: KernelDefinition = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  run(call) {
    const { x, dy } = call.inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
    const attrs = call.attrs as unknown as Attributes;
    const info = geometry(x.shape, attrs.filterShape!, attrs);
    const dw = call.backend.makeOutput(attrs.filterShape!, 'float32');
    const at = (t: tf.TensorInfo): number => addressOf(call.backend, t);
    call.hot.depthwiseFilterGradient(info, at(x), at(dy), at(dw));
    return dw;
  },
};

/** Bias of any shape that broadcasts, any activation: the stock kernel takes a row only. */
export const fusedDepthwise: KernelDefinition = {
  name: 'FusedDepthwiseConv2D',
  run(call) {
    const { inputs, attrs, backend } = call;
    const plain = tf.getKernel('DepthwiseConv2dNative', tf.getBackend());
    const y = plain.kernelFunc({
      inputs: { x: inputs['x'], filter: inputs['filter'] },
      backend,
      attrs: attrs as tf.NamedAttrMap,
    }) as tf.TensorInfo;
    return applyBiasAndActivation(y, call, attrs as unknown as FusedAttributes);
  },
};
