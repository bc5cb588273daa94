import { adam } from '@causal/backend';
import type { Matrix } from '@causal/datasets';
import { createRng, type Rng } from '@causal/random';
import { doOperator, type DoOperator, type Interventions } from '@causal/scm';
import * as tf from '@tensorflow/tfjs';
import { Dense } from '@causal/nn';
import { prefixed, type Parameters } from '@causal/nn';

export interface MechanismsOptions {
  /** The concept graph (a DAG): [i][j] ≠ 0 means i → j. */
  readonly graph: Matrix;
  /** Names of the concepts, as interventions use them. */
  readonly names: readonly string[];
  readonly rng: Rng;
  /** Hidden units of each of the two layers. Default 48. */
  readonly hidden?: number;
}

export interface FitMechanismsOptions {
  readonly rng: Rng;
  /** Default 1500. */
  readonly steps?: number;
  /** Default 128. */
  readonly batchSize?: number;
  /** Start of half a cosine down to 0. Default 0.015. */
  readonly learningRate?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Values kept of each root and of each effect's residual, to sample from. */
const KEPT_VALUES = 512;

/**
 * How each effect follows its causes, on unit labels: u_c = m_c(u_pa(c)) + residual, one small
 * network per effect. do() propagates through them to all descendants in topological order, each
 * row carrying its own residual, so that an intervention that changes nothing changes nothing
 * (abduction, action, prediction in label space).
 */
export class Mechanisms {
  readonly graph: Matrix;
  readonly #do: DoOperator;
  readonly #networks = new Map<number, readonly [Dense, Dense, Dense]>();
  /** [d, kept]: root values, or residuals of effects. */
  readonly #kept: tf.Variable;

  constructor({ graph, names, rng, hidden = 48 }: MechanismsOptions) {
    this.graph = graph;
    this.#do = doOperator(graph, { names });
    for (const child of this.effects()) {
      const own = rng.split('mechanism').split(child);
      this.#networks.set(child, [
        new Dense(own.split(1), this.parents(child).length, hidden),
        new Dense(own.split(2), hidden, hidden),
        new Dense(own.split(3), hidden, 1),
      ]);
    }
    this.#kept = tf.tidy(() => tf.variable(tf.zeros([graph.length, KEPT_VALUES])));
  }

  parents(child: number): number[] {
    return this.graph.flatMap((row, i) => (row[child] !== 0 ? [i] : []));
  }

  /** Concepts that have causes. */
  effects(): number[] {
    return this.graph.flatMap((_, j) => (this.parents(j).length > 0 ? [j] : []));
  }

  /** m_c(u_pa(c)) [n] from all labels [n, d]. */
  predict(child: number, labels: tf.Tensor2D): tf.Tensor1D {
    return tf.tidy(() => {
      const [first, second, last] = this.#networks.get(child)!;
      const causes = this.parents(child).map((i) => column(labels, i));
      // Labels to [−1, 1]: inside, the scale networks like.
      const x = tf.stack(causes, 1).mul(2).sub(1) as tf.Tensor2D;
      return last.apply(bend(second.apply(bend(first.apply(x))))).squeeze([1]);
    });
  }

  /**
   * Labels [n, d] under do(), unit scale: targets set or shifted, their descendants following,
   * everything else the same bits.
   */
  propagate(labels: tf.Tensor2D, interventions: Interventions): tf.Tensor2D {
    return this.#do.latents(labels, interventions, (child, now) => {
      const residual = tf.sub(column(labels, child), this.predict(child, labels));
      return this.predict(child, now).add(residual);
    });
  }

  /** Draws n label rows [n, d]; under do() if interventions are given. */
  sample(n: number, rng: Rng, interventions: Interventions = {}): tf.Tensor2D {
    return tf.tidy(() => {
      // Roots, and residuals of effects, from those that were seen. One stream per concept.
      const drawn = this.graph.map((_, c) => {
        const own = rng.split('labels').split(c);
        const rows = Int32Array.from({ length: n }, () => own.int(KEPT_VALUES));
        return tf.gather(
          this.#kept.slice([c, 0], [1, -1]).squeeze([0]),
          tf.tensor1d(rows, 'int32'),
        );
      });
      const columns: tf.Tensor[] = drawn.map((values) => values);
      for (const c of this.#do.order) {
        if (this.#networks.has(c)) {
          columns[c] = drawn[c]!.add(this.predict(c, tf.stack(columns, 1) as tf.Tensor2D));
        }
      }
      return this.propagate(tf.stack(columns, 1) as tf.Tensor2D, interventions);
    });
  }

  /**
   * Fits every m_c by least squares to unit labels.
   * @returns Root mean squared error of each effect, by concept index, on the given rows.
   */
  async fit(labels: Matrix, options: FitMechanismsOptions): Promise<ReadonlyMap<number, number>> {
    const { steps = 1500, batchSize = 128, learningRate = 1.5e-2 } = options;
    const data = tf.tensor2d(labels as number[][]);
    const optimizer = adam({ beta1: 0.9, beta2: 0.98 });
    const parameters = this.#trained();
    const rng = createRng(options.rng.state()).split('fit-mechanisms');
    try {
      for (let step = 0; step < steps && this.#networks.size > 0; step++) {
        options.signal?.throwIfAborted();
        const own = rng.split(step);
        const rows = Int32Array.from({ length: batchSize }, () => own.int(labels.length));
        tf.tidy(() => {
          const batch = tf.gather(data, tf.tensor1d(rows, 'int32'));
          const { grads } = tf.variableGrads(() => this.#loss(batch), Object.values(parameters));
          const named = Object.fromEntries(
            Object.entries(parameters).map(([name, variable]) => [name, grads[variable.name]!]),
          );
          optimizer.step(named, parameters, { learningRate: learningRate * decay(step / steps) });
        });
        if (step % 50 === 0) {
          options.onProgress?.(step, steps);
          await tf.nextFrame();
        }
      }
      return await this.#finish(data, options.rng);
    } finally {
      data.dispose();
      optimizer.dispose();
    }
  }

  #loss(batch: tf.Tensor2D): tf.Scalar {
    const errors = this.effects().map((c) =>
      tf.mean(tf.square(this.predict(c, batch).sub(column(batch, c)))),
    );
    return tf.addN(errors) as tf.Scalar;
  }

  async #finish(data: tf.Tensor2D, rng: Rng): Promise<Map<number, number>> {
    const n = data.shape[0];
    const own = rng.split('kept');
    const rows = Int32Array.from({ length: KEPT_VALUES }, () => own.int(n));
    const errors = new Map<number, number>();
    const columns: tf.Tensor1D[] = [];
    for (let c = 0; c < this.graph.length; c++) {
      const residual = tf.tidy(() => {
        const label = column(data, c);
        return this.#networks.has(c) ? (label.sub(this.predict(c, data)) as tf.Tensor1D) : label;
      });
      if (this.#networks.has(c)) {
        const rmse = tf.tidy(() => residual.square().mean().sqrt());
        errors.set(c, (await rmse.data())[0]!);
        rmse.dispose();
      }
      columns.push(tf.tidy(() => tf.gather(residual, tf.tensor1d(rows, 'int32'))));
      residual.dispose();
    }
    tf.tidy(() => this.#kept.assign(tf.stack(columns, 0)));
    tf.dispose(columns);
    return errors;
  }

  #trained(): Parameters {
    const found: Record<string, tf.Variable> = {};
    for (const [child, layers] of this.#networks) {
      layers.forEach((layer, i) =>
        Object.assign(found, prefixed(`${child}/${i + 1}`, layer.parameters())),
      );
    }
    return found;
  }

  /** What is saved: the networks and the kept values. */
  parameters(): Parameters {
    return { ...this.#trained(), kept: this.#kept };
  }
}

/**
 * Leaky ReLU: mechanisms of the world have kinks (a shadow cannot be shorter than its thing), which
 * smooth activations round off: twenty times the error on the pendulum's shadow with SiLU.
 */
function bend(x: tf.Tensor2D): tf.Tensor2D {
  return tf.leakyRelu(x, 0.01);
}

/** Column c of [n, d], as [n]. */
function column(labels: tf.Tensor2D, c: number): tf.Tensor1D {
  return labels.slice([0, c], [-1, 1]).squeeze([1]);
}

/** Half a cosine from 1 to 0. */
function decay(progress: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * progress));
}
