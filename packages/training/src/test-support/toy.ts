// A small model and its data, for the tests of this package: noise, two groups, an adversary.
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { DataSource } from '../data-source';
import type { Carried, Loss, LossContext, Trainable } from '../trainable';

export interface ToyBatch {
  readonly x: tf.Tensor2D;
  readonly y: tf.Tensor2D;
}

const ROWS = 96;
const WIDTH = 3;
const X = createRng('toy')
  .split('x')
  .normals(ROWS * WIDTH);

/** y = x₀ − 2x₁: rows are shuffled by the epoch's stream. */
export function toyData(rows = ROWS): DataSource<ToyBatch> & { taken: number[][] } {
  const taken: number[][] = [];
  return {
    taken,
    size: (split) => (split === 'train' ? rows : 10),
    async *batches(split, { batchSize, rng, from }) {
      const order = rng.permutation(split === 'train' ? rows : 10);
      const full = split === 'train' ? Math.floor(rows / batchSize) : Math.ceil(10 / batchSize);
      for (let b = from; b < full; b++) {
        const chosen = [...order.subarray(b * batchSize, (b + 1) * batchSize)];
        taken.push(chosen);
        const x = chosen.flatMap((row) => [...X.subarray(row * WIDTH, row * WIDTH + WIDTH)]);
        const y = chosen.map((row) => X[row * WIDTH]! - 2 * X[row * WIDTH + 1]!);
        yield { x: tf.tensor2d(x, [chosen.length, WIDTH]), y: tf.tensor2d(y, [chosen.length, 1]) };
      }
    },
  };
}

export interface ToyModel extends Trainable<ToyBatch> {
  readonly contexts: { step: number; draw: number }[];
  dispose(): void;
}

function init(rng: Rng, name: string, shape: [number, number]): tf.Variable {
  const values = rng.split(name).fillNormal(new Float32Array(shape[0] * shape[1]), 0, 0.3);
  const start = tf.tensor2d(values, shape);
  const variable = tf.variable(start);
  start.dispose();
  return variable;
}

/**
 * A network with noise in its hidden layer, and (asked for) an adversary that learns its error.
 * @param spoil Changes the loss of a step, to make it wrong.
 */
export function toyModel(
  options: { adversary?: boolean; spoil?: (loss: tf.Scalar, step: number) => tf.Scalar } = {},
): ToyModel {
  const rng = createRng('toy-model');
  const w = { inner: init(rng, 'inner', [WIDTH, 8]), outer: init(rng, 'outer', [8, 1]) };
  const judge = init(rng, 'judge', [WIDTH, 1]);
  const contexts: { step: number; draw: number }[] = [];
  let seen = 0;
  const errorOf = ({ x, y }: ToyBatch, draws: Rng): tf.Tensor2D => {
    const noise = tf.tensor2d(draws.normals(x.shape[0] * 8), [x.shape[0], 8]);
    const hidden = tf.tanh(tf.matMul(x, w.inner)).add(noise.mul(0.01)) as tf.Tensor2D;
    return tf.matMul(hidden, w.outer).sub(y);
  };
  return {
    contexts,
    parameters: () => w,
    group: (name) => (name === 'outer' ? 'head' : 'default'),
    loss(batch, { rng: draws, step }: LossContext): Loss {
      contexts.push({ step, draw: draws.split('peek').uniform() });
      const error = errorOf(batch, draws);
      const mse = error.square().mean() as tf.Scalar;
      const penalty = w.outer.square().sum().mul(1e-3) as tf.Scalar;
      const total = mse.add(penalty) as tf.Scalar;
      const carried = options.adversary ? { carried: { x: batch.x.clone(), error } } : {};
      return { total: options.spoil?.(total, step) ?? total, terms: { mse, penalty }, ...carried };
    },
    state: () => ({ seen }),
    restore(state) {
      seen = (state as { seen: number }).seen;
    },
    afterStep() {
      seen++;
    },
    ...(options.adversary && {
      adversary: {
        parameters: () => ({ judge }),
        loss({ x, error }: Carried): Loss {
          const gap = tf
            .matMul(x as tf.Tensor2D, judge as tf.Tensor2D)
            .sub(error!)
            .square()
            .mean() as tf.Scalar;
          return { total: gap, terms: { gap } };
        },
      },
    }),
    dispose() {
      tf.dispose([w.inner, w.outer, judge]);
    },
  };
}
