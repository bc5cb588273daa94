import * as tf from '@tensorflow/tfjs';

type Grad = (dy: tf.Tensor, saved: tf.Tensor, attrs: tf.NamedAttrMap) => tf.Tensor;

interface FusedGradient {
  /** The function whose gradient this is. */
  readonly of: string;
  /** Our kernel for it, on engines that have one. */
  readonly kernel: string;
  readonly saves: 'x' | 'y';
  /** The same by plain operators, for engines without the kernel. */
  readonly plain: Grad;
  /** Gradient of the kernel by its first argument (for gradients of gradients). */
  readonly bySaved: (dz: tf.Tensor, saved: tf.Tensor, dy: tf.Tensor) => tf.Tensor;
}

const zeros = (_dz: tf.Tensor, saved: tf.Tensor): tf.Tensor => tf.zerosLike(saved);

const fused: readonly FusedGradient[] = [
  {
    of: 'Sigmoid',
    kernel: 'SigmoidGrad',
    saves: 'y',
    plain: (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y))),
    bySaved: (dz, y, dy) => tf.mul(tf.mul(dz, dy), tf.sub(1, tf.mul(2, y))),
  },
  {
    of: 'Tanh',
    kernel: 'TanhGrad',
    saves: 'y',
    plain: (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y))),
    bySaved: (dz, y, dy) => tf.mul(tf.mul(dz, dy), tf.mul(-2, y)),
  },
  {
    of: 'Relu',
    kernel: 'ReluGrad',
    saves: 'x',
    plain: (dy, x) => tf.mul(dy, tf.cast(tf.step(x), 'float32')),
    bySaved: zeros,
  },
  {
    of: 'LeakyRelu',
    kernel: 'LeakyReluGrad',
    saves: 'x',
    plain: (dy, x, { alpha }) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha as number)),
    bySaved: zeros,
  },
];

let installed = false;

/**
 * Gradients of activations in one pass over memory instead of three, where the engine has the
 * kernel; elsewhere tfjs's own formulas. Registered once for all engines.
 */
export function installGradients(): void {
  if (installed) return;
  installed = true;
  for (const { of, kernel, saves, plain, bySaved } of fused) {
    const run: Grad = (dy, saved, attrs) =>
      tf.getKernel(kernel, tf.getBackend())
        ? tf.engine().runKernel(kernel, { [saves]: saved, dy }, attrs)
        : plain(dy, saved, attrs);
    tf.unregisterGradient(of);
    tf.registerGradient({
      kernelName: of,
      ...(saves === 'x' ? { inputsToSave: ['x'] } : { outputsToSave: [true] }),
      gradFunc: (dy, saved, attrs) => ({ x: () => run(dy as tf.Tensor, saved[0]!, attrs) }),
    });
    tf.registerGradient({
      kernelName: kernel,
      inputsToSave: [saves, 'dy'],
      gradFunc: (dz, saved, attrs) => ({
        [saves]: () => bySaved(dz as tf.Tensor, saved[0]!, saved[1]!),
        dy: () => run(dz as tf.Tensor, saved[0]!, attrs),
      }),
    });
  }
}
