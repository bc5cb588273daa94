import * as tf from '@tensorflow/tfjs';
import { adam, createRng } from '@causal/backend';
import { autoencoderStep } from './autoencoder';
import { FUNCTIONS, PRODUCTS, type Times, type Work } from './work';

interface Case {
  /** Runs once; what it makes beside its result stays until `end`. */
  run(): void;
  end(): void;
  readonly repeats: number;
}

const dispose = (x: tf.Tensor | tf.Tensor[]): void => tf.dispose(x);

/** Adam by tfjs's own optimiser, or by ours. */
type Adam = (grads: Record<string, tf.Tensor>, parameters: Record<string, tf.Variable>) => void;

function adamOf(stock: boolean): Adam {
  const rate = { learningRate: 1e-3 };
  if (!stock) {
    const ours = adam(rate);
    return (grads, parameters) => ours.step(grads, parameters);
  }
  const theirs = tf.train.adam(rate.learningRate);
  return (grads, parameters) =>
    theirs.applyGradients(
      Object.entries(grads).map(([name, tensor]) => ({ name: parameters[name]!.name, tensor })),
    );
}

const cases: Record<string, (work: Work, stock: boolean) => Case> = {
  autoencoder({ repeats }, stock) {
    const step = autoencoderStep(adamOf(stock));
    return {
      run: () => void step(),
      end: () => tf.disposeVariables(),
      repeats: repeats.autoencoder,
    };
  },
  ...Object.fromEntries(
    Object.entries(PRODUCTS).map(([name, [left, right]]) => [
      `matMul ${name}`,
      ({ matMul: n, repeats }: Work): Case => {
        const [a, b] = [tf.randomNormal([n, n]), tf.randomNormal([n, n])];
        return {
          run: () => dispose(tf.matMul(a, b, left, right)),
          end: () => dispose([a, b]),
          repeats: repeats.matMul,
        };
      },
    ]),
  ),
  convForward: ({ convolution, repeats }) => {
    const { x, w, conv } = convolve(convolution);
    return {
      run: () => dispose(conv(x, w)),
      end: () => dispose([x, w]),
      repeats: repeats.convolution,
    };
  },
  convBoth({ convolution, repeats }) {
    const { x, w, conv } = convolve(convolution);
    const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(conv(a, b)));
    return {
      run: () => dispose(gradients([x, w])),
      end: () => dispose([x, w]),
      repeats: repeats.convolution,
    };
  },
  adam({ adam: n, repeats }, stock) {
    const step = adamOf(stock);
    const p = tf.variable(tf.zeros([n]));
    const gradient = tf.fill([n], 0.01);
    return {
      run: () => step({ p: gradient }, { p }),
      end: () => dispose([p, gradient]),
      repeats: repeats.adam,
    };
  },
  ...Object.fromEntries(
    FUNCTIONS.map((name) => [
      name,
      ({ elementwise, repeats }: Work): Case => {
        const x = tf.randomNormal(elementwise);
        return {
          run: () => dispose(tf[name](x)),
          end: () => dispose(x),
          repeats: repeats.elementwise,
        };
      },
    ]),
  ),
  normals({ normals: n, repeats }, stock) {
    const rng = createRng(1);
    return {
      run: () => dispose(stock ? tf.randomNormal([n]) : tf.tensor1d(rng.normals(n))),
      end: () => {},
      repeats: repeats.elementwise,
    };
  },
};

function convolve({ batch, size, channels, kernel, stride }: Work['convolution']) {
  return {
    x: tf.randomNormal([batch, size, size, channels]),
    w: tf.mul(tf.randomNormal([kernel, kernel, channels, channels]), 0.03),
    conv: (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, 'same'),
  };
}

/** Milliseconds of every case on the current engine; each is run once before it counts, if it is run again. */
export function measure(work: Work, stock: boolean): Times {
  const times: Times = {};
  for (const [name, prepare] of Object.entries(cases)) {
    const { run, end, repeats } = prepare(work, stock);
    if (repeats > 1) run();
    times[name] = Array.from({ length: repeats }, () => {
      const start = performance.now();
      run();
      return performance.now() - start;
    });
    end();
  }
  return times;
}
