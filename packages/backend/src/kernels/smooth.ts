import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import type { KernelDefinition } from './registry';

/** sin x and cos x in one pass. */
export const sinCos: KernelDefinition<tf.TensorInfo[]> = {
  name: 'SinCos',
  run({ inputs, backend, hot }) {
    const x = inputs['x']!;
    const pair = [backend.makeOutput(x.shape, 'float32'), backend.makeOutput(x.shape, 'float32')];
    const [sine, cosine] = pair.map((t) => addressOf(backend, t)) as [number, number];
    hot.companion.sinCos(addressOf(backend, x), sine, cosine, tf.util.sizeFromShape(x.shape));
    return pair;
  },
};

/** SiLU and its gate: [x·σ(x), σ(x)]. */
export const silu: KernelDefinition<tf.TensorInfo[]> = {
  name: 'Silu',
  run({ inputs, backend, hot }) {
    const x = inputs['x']!;
    const pair = [backend.makeOutput(x.shape, 'float32'), backend.makeOutput(x.shape, 'float32')];
    const [y, gate] = pair.map((t) => addressOf(backend, t)) as [number, number];
    hot.companion.silu(addressOf(backend, x), gate, y, tf.util.sizeFromShape(x.shape));
    return pair;
  },
};

export const siluGrad: KernelDefinition = {
  name: 'SiluGrad',
  run({ inputs, backend, hot }) {
    const { gate, y, dy } = inputs as Record<'gate' | 'y' | 'dy', tf.TensorInfo>;
    const dx = backend.makeOutput(dy.shape, 'float32');
    const at = (t: tf.TensorInfo): number => addressOf(backend, t);
    hot.companion.siluGradient(at(gate), at(y), at(dy), at(dx), tf.util.sizeFromShape(dy.shape));
    return dx;
  },
};
