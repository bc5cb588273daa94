import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import type { Elementwise } from './hot-kernels';
import { runStock, type KernelDefinition } from './registry';

/** y = f(x) for float32; other types keep the stock kernel. */
function unary(
  name: string,
  f: (c: Elementwise, x: number, y: number, n: number, attrs: Record<string, unknown>) => void,
): KernelDefinition {
  return {
    name,
    run(call, stock) {
      const { inputs, backend, hot, attrs } = call;
      const x = inputs['x']!;
      if (x.dtype !== 'float32') return runStock(name, call, stock);
      const y = backend.makeOutput(x.shape, 'float32');
      const n = tf.util.sizeFromShape(x.shape);
      f(hot, addressOf(backend, x), addressOf(backend, y), n, attrs);
      return y;
    },
  };
}

/** dx = f(y, dy), both of one shape. */
function gradient(
  name: string,
  saved: string,
  f: (
    c: Elementwise,
    y: number,
    dy: number,
    dx: number,
    n: number,
    attrs: Record<string, unknown>,
  ) => void,
): KernelDefinition {
  return {
    name,
    run({ inputs, backend, hot, attrs }) {
      const y = inputs[saved]!;
      const dy = inputs['dy']!;
      const dx = backend.makeOutput(dy.shape, 'float32');
      const n = tf.util.sizeFromShape(dy.shape);
      const at = (t: tf.TensorInfo): number => addressOf(backend, t);
      f(hot, at(y), at(dy), at(dx), n, attrs);
      return dx;
    },
  };
}

export const elementwise: readonly KernelDefinition[] = [
  unary('Exp', (c, x, y, n) => c.exp(x, y, n)),
  unary('Log', (c, x, y, n) => c.log(x, y, n)),
  unary('Log1p', (c, x, y, n) => c.log1p(x, y, n)),
  unary('Softplus', (c, x, y, n) => c.softplus(x, y, n)),
  unary('Rsqrt', (c, x, y, n) => c.rsqrt(x, y, n)),
  unary('Sigmoid', (c, x, y, n) => c.sigmoid(x, y, n)),
  unary('Tanh', (c, x, y, n) => c.tanh(x, y, n)),
  unary('Elu', (c, x, y, n) => c.elu(x, y, n)),
  unary('Relu', (c, x, y, n) => c.relu(x, y, n)),
  unary('Sin', (c, x, y, n) => c.sin(x, y, n)),
  unary('Cos', (c, x, y, n) => c.cos(x, y, n)),
  unary('LeakyRelu', (c, x, y, n, { alpha }) => c.leakyRelu(x, y, n, alpha as number)),
  unary('ClipByValue', (c, x, y, n, { clipValueMin, clipValueMax }) =>
    c.clip(x, y, n, clipValueMin as number, clipValueMax as number),
  ),
  gradient('EluGrad', 'y', (c, y, dy, dx, n) => c.eluGradient(y, dy, dx, n)),
  gradient('SigmoidGrad', 'y', (c, y, dy, dx, n) => c.sigmoidGradient(y, dy, dx, n)),
  gradient('TanhGrad', 'y', (c, y, dy, dx, n) => c.tanhGradient(y, dy, dx, n)),
  gradient('ReluGrad', 'x', (c, x, dy, dx, n) => c.reluGradient(x, dy, dx, n)),
  gradient('LeakyReluGrad', 'x', (c, x, dy, dx, n, { alpha }) =>
    c.leakyReluGradient(x, dy, dx, n, alpha as number),
  ),
];
