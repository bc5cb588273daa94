import * as tf from '@tensorflow/tfjs';

type Attributes = tf.NamedAttrMap;

interface Activation {
  /** The kernel whose gradient this is. */
  readonly of: string;
  /** The function itself, for gradients of gradients. */
  readonly again: (x: tf.Tensor, attrs: Attributes) => tf.Tensor;
  /** Whether the gradient is a function of the argument or of the result. */
  readonly by: 'x' | 'y';
  /** Our kernel of the gradient, on engines that have one. */
  readonly kernel?: string;
  /** The gradient by plain operators. */
  readonly plain: (dy: tf.Tensor, by: tf.Tensor, attrs: Attributes) => tf.Tensor;
  /** The kernel's derivative by `by`, times dz. */
  readonly second?: (dz: tf.Tensor, by: tf.Tensor, dy: tf.Tensor) => tf.Tensor;
}

const flat = (_dz: tf.Tensor, by: tf.Tensor): tf.Tensor => tf.zerosLike(by);

const activations: readonly Activation[] = [
  { of: 'Exp', again: tf.exp, by: 'y', plain: (dy, y) => tf.mul(dy, y) },
  {
    of: 'Sigmoid',
    again: tf.sigmoid,
    by: 'y',
    kernel: 'SigmoidGrad',
    plain: (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y))),
    second: (dz, y, dy) => tf.mul(tf.mul(dz, dy), tf.sub(1, tf.mul(2, y))),
  },
  {
    of: 'Tanh',
    again: tf.tanh,
    by: 'y',
    kernel: 'TanhGrad',
    plain: (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y))),
    second: (dz, y, dy) => tf.mul(tf.mul(dz, dy), tf.mul(-2, y)),
  },
  {
    of: 'Elu',
    again: tf.elu,
    by: 'y',
    kernel: 'EluGrad',
    plain: (dy, y) => tf.mul(dy, tf.add(1, tf.minimum(y, 0))),
    second: (dz, y, dy) => tf.mul(tf.mul(dz, dy), tf.cast(tf.less(y, 0), 'float32')),
  },
  {
    of: 'Relu',
    again: tf.relu,
    by: 'x',
    kernel: 'ReluGrad',
    plain: (dy, x) => tf.mul(dy, tf.cast(tf.step(x), 'float32')),
    second: flat,
  },
  {
    of: 'LeakyRelu',
    again: (x, { alpha }) => tf.leakyRelu(x, alpha as number),
    by: 'x',
    kernel: 'LeakyReluGrad',
    plain: (dy, x, { alpha }) => tf.mul(dy, tf.step(x, alpha as number)),
    second: flat,
  },
];

let installed = false;

/**
 * Gradients of activations in one pass over memory instead of three, where the engine has the
 * kernel; elsewhere tfjs's own formulas. Registered once for all engines.
 *
 * They also mend gradients of gradients: tfjs records a saved *result* on the tape before the node
 * that made it, and so loses its dependence on the argument. Inside another gradient we compute the
 * result again from the argument.
 */
export function installGradients(): void {
  if (installed) return;
  installed = true;
  for (const { of, again, by, kernel, plain, second } of activations) {
    const gradient = (dy: tf.Tensor, saved: tf.Tensor, attrs: Attributes): tf.Tensor =>
      kernel && tf.getKernel(kernel, tf.getBackend())
        ? tf.engine().runKernel(kernel, { [by]: saved, dy }, attrs)
        : plain(dy, saved, attrs);
    tf.unregisterGradient(of);
    tf.registerGradient({
      kernelName: of,
      inputsToSave: ['x'],
      outputsToSave: [by === 'y'],
      gradFunc: (dy, [x, y], attrs) => ({
        x: () => {
          const nested = tf.engine().state.gradientDepth > 0;
          const saved = by === 'x' ? x! : nested ? again(x!, attrs) : y!;
          return gradient(dy as tf.Tensor, saved, attrs);
        },
      }),
    });
    if (!kernel || !second) continue;
    tf.registerGradient({
      kernelName: kernel,
      inputsToSave: [by, 'dy'],
      gradFunc: (dz, [saved, dy], attrs) => ({
        [by]: () => second(dz as tf.Tensor, saved!, dy!),
        dy: () => gradient(dz as tf.Tensor, saved!, attrs),
      }),
    });
  }
}
