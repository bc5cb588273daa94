import * as tf from '@tensorflow/tfjs';

const MOMENTUM = 0.95;
const ITERATIONS = 5;
/** Odd polynomial a·σ + b·σ³ + c·σ⁵ that five times over takes σ in (0, 1] to about 1. */
const [A, B, C] = [3.4445, -4.775, 2.0315] as const;
/** Vectors and the last layer move by Adam, at this share of the kernels' rate. */
const ADAM_SHARE = 0.25;

/**
 * Muon (Jordan et al. 2024): the kernels of hidden layers move along the orthogonal matrix nearest
 * to their gradients' momentum, so that every direction of a layer learns equally fast; biases and
 * the output layer move by Adam. Took half the steps of Adam to a third of its error here.
 */
export class OrthogonalOptimizer {
  readonly #kernels: Readonly<Record<string, tf.Variable>>;
  readonly #momenta: Readonly<Record<string, tf.Variable>>;
  readonly #others: readonly tf.Variable[];
  readonly #adam = tf.train.adam(1, 0.9, 0.98);

  /** @param kernels Parameters with the outputs as their last axis. */
  constructor(kernels: readonly tf.Variable[], others: readonly tf.Variable[]) {
    this.#kernels = Object.fromEntries(kernels.map((kernel) => [kernel.name, kernel]));
    this.#momenta = tf.tidy(() =>
      Object.fromEntries(
        kernels.map((kernel) => [kernel.name, tf.variable(tf.zerosLike(kernel), false)]),
      ),
    );
    this.#others = others;
  }

  /** One step down a loss; gives the loss, which the caller disposes. */
  minimize(loss: () => tf.Scalar, learningRate: number): tf.Scalar {
    const variables = [...Object.values(this.#kernels), ...this.#others];
    const { value, grads } = tf.variableGrads(loss, variables);
    Object.assign(this.#adam, { learningRate: ADAM_SHARE * learningRate });
    this.#adam.applyGradients(this.#others.map(({ name }) => ({ name, tensor: grads[name]! })));
    for (const [name, kernel] of Object.entries(this.#kernels)) {
      tf.tidy(() => {
        const momentum = this.#momenta[name]!;
        momentum.assign(momentum.mul(MOMENTUM).add(grads[name]!));
        const ahead = momentum.mul(MOMENTUM).add(grads[name]!);
        const outputs = kernel.shape.at(-1)!;
        const move = orthogonalised(ahead.reshape([-1, outputs]) as tf.Tensor2D, learningRate);
        kernel.assign(kernel.sub(move.reshape(kernel.shape)));
      });
    }
    tf.dispose(grads);
    return value;
  }

  dispose(): void {
    this.#adam.dispose();
    tf.dispose(this.#momenta);
  }
}

/**
 * About U·Vᵀ of a matrix U·S·Vᵀ, by Newton and Schulz's iteration. A step X ← X·p(XᵀX) multiplies
 * by polynomials of one small matrix only, so the iteration runs on XᵀX and their product alone.
 * @param length Factor of the result.
 */
export function orthogonalised(x: tf.Tensor2D, length = 1): tf.Tensor2D {
  return tf.tidy(() => {
    const identity = tf.eye(x.shape[1]);
    const squares = tf.matMul(x, x, true);
    // The Frobenius norm bounds the largest singular value; its square is the trace of XᵀX.
    const norm = tf.sqrt(squares.mul(identity).sum()).add(1e-12);
    let gram = squares.div(norm).div(norm) as tf.Tensor2D;
    let product = identity;
    for (let i = 0; i < ITERATIONS; i++) {
      const higher = tf.matMul(gram, gram).mul(C).add(gram.mul(B));
      const factor = higher.add(identity.mul(A)) as tf.Tensor2D;
      product = i === 0 ? factor : tf.matMul(product, factor);
      if (i < ITERATIONS - 1) gram = tf.matMul(tf.matMul(factor, gram), factor);
    }
    return tf.matMul(x, product.mul(length).div(norm) as tf.Tensor2D);
  });
}
