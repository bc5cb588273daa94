import { adam } from '@causal/backend';
import type { Matrix } from '@causal/datasets';
import { prefixed, type Parameters, type Part } from '@causal/nn';
import { createRng, type Rng } from '@causal/random';
import { doOperator, type DoOperator, type Interventions } from '@causal/scm';
import * as tf from '@tensorflow/tfjs';
import type { ConceptSpace } from './concept-space';
import { drawLevels, maximalCoupling, monotoneCoupling } from './coupling';
import { MechanismNetwork } from './mechanism-network';

export interface MechanismsOptions {
  /** The concept graph (a DAG): [i][j] ≠ 0 means i → j. */
  readonly graph: Matrix;
  readonly space: ConceptSpace;
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
 * How each effect follows its causes, on unit labels. A continuous effect is m_c(u_pa(c)) + residual;
 * a binary, ordinal or categorical one is drawn from probabilities softmax(m_c(u_pa(c))).
 *
 * do() propagates through them to all descendants in topological order (abduction, action,
 * prediction in label space): each row carries its own residual, and what is behind its own discrete
 * values (`monotoneCoupling`, `maximalCoupling`), so that an intervention that changes
 * nothing changes nothing, and discrete effects keep to their values.
 */
export class Mechanisms implements Part {
  readonly graph: Matrix;
  readonly #space: ConceptSpace;
  readonly #do: DoOperator;
  readonly #networks = new Map<number, MechanismNetwork>();
  /** Root values, or residuals of continuous effects, of shape [d, kept]. */
  readonly #kept: tf.Variable;

  constructor({ graph, space, rng, hidden = 48 }: MechanismsOptions) {
    this.graph = graph;
    this.#space = space;
    this.#do = doOperator(graph, { names: space.names });
    for (const child of this.effects()) {
      const network = { parents: this.parents(child), hidden, outputs: this.#levels(child) || 1 };
      this.#networks.set(
        child,
        new MechanismNetwork(rng.split('mechanism').split(child), space, network),
      );
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

  /** m_c(u_pa(c)) [n] of a continuous effect, from all unit labels [n, d]. */
  predict(child: number, labels: tf.Tensor2D): tf.Tensor1D {
    return tf.tidy(() => this.#networks.get(child)!.apply(labels).squeeze([1]));
  }

  /** Probabilities [n, levels] of a discrete effect, from all unit labels [n, d]. */
  probabilities(child: number, labels: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => tf.softmax(this.#networks.get(child)!.apply(labels)));
  }

  /**
   * Labels [n, d] under do(), unit scale: targets set or shifted, their descendants following,
   * everything else the same bits.
   */
  propagate(labels: tf.Tensor2D, interventions: Interventions): tf.Tensor2D {
    return this.#do.latents(labels, interventions, (child, now) => {
      const levels = this.#levels(child);
      if (levels === 0) {
        const residual = tf.sub(column(labels, child), this.predict(child, labels));
        return this.predict(child, now).add(residual);
      }
      const before = this.probabilities(child, labels);
      const after = this.probabilities(child, now);
      const seen = column(labels, child)
        .mul(levels - 1)
        .round() as tf.Tensor1D;
      const couple =
        this.#space.concepts[child]!.kind === 'categorical' ? maximalCoupling : monotoneCoupling;
      return couple(before, after, seen).div(levels - 1);
    });
  }

  /** Draws n label rows [n, d]; under do() if interventions are given. */
  sample(n: number, rng: Rng, interventions: Interventions = {}): tf.Tensor2D {
    return tf.tidy(() => {
      // Roots, and residuals of effects, from those that were seen. One stream per concept.
      const drawn = this.graph.map((_, c) => {
        const own = rng.split('labels').split(c);
        if (this.#networks.has(c) && this.#levels(c) > 0) return tf.tensor1d(own.uniforms(n));
        const rows = Int32Array.from({ length: n }, () => own.int(KEPT_VALUES));
        return tf.gather(
          this.#kept.slice([c, 0], [1, -1]).squeeze([0]),
          tf.tensor1d(rows, 'int32'),
        ) as tf.Tensor1D;
      });
      // What a concept is without do(), from its causes as they are now.
      const natural = (c: number, now: tf.Tensor2D): tf.Tensor =>
        this.#levels(c) > 0
          ? drawLevels(this.probabilities(c, now), drawn[c]!).div(this.#levels(c) - 1)
          : drawn[c]!.add(this.predict(c, now));
      const columns: tf.Tensor[] = [...drawn];
      for (const c of this.#do.order) {
        if (this.#networks.has(c)) columns[c] = natural(c, tf.stack(columns, 1) as tf.Tensor2D);
      }
      const before = tf.stack(columns, 1) as tf.Tensor2D;
      return this.#do.latents(before, interventions, natural);
    });
  }

  /**
   * Fits every m_c to unit labels: squared error of continuous effects, cross-entropy of discrete ones.
   * @returns Root mean squared error (continuous) or share of rows whose likeliest value is another
   *   (discrete) of each effect, by concept index, on the given rows.
   */
  async fit(labels: Matrix, options: FitMechanismsOptions): Promise<ReadonlyMap<number, number>> {
    const { steps = 1500, batchSize = 128, learningRate = 1.5e-2 } = options;
    const data = tf.tensor2d(labels as number[][]);
    const optimizer = adam({ beta1: 0.9, beta2: 0.98 });
    const parameters = this.parameters();
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

  #levels(child: number): number {
    return this.#space.levels[child]!;
  }

  #loss(batch: tf.Tensor2D): tf.Scalar {
    const errors = this.effects().map((c) => {
      const truth = column(batch, c);
      const levels = this.#levels(c);
      if (levels === 0) return tf.mean(tf.square(this.predict(c, batch).sub(truth)));
      const picked = tf.oneHot(
        truth
          .mul(levels - 1)
          .round()
          .cast('int32') as tf.Tensor1D,
        levels,
      );
      const logits = this.#networks.get(c)!.apply(batch);
      return logits.logSoftmax().mul(picked).sum(1).mean().neg();
    });
    return tf.addN(errors) as tf.Scalar;
  }

  async #finish(data: tf.Tensor2D, rng: Rng): Promise<Map<number, number>> {
    const n = data.shape[0];
    const own = rng.split('kept');
    const rows = Int32Array.from({ length: KEPT_VALUES }, () => own.int(n));
    const errors = new Map<number, number>();
    const columns: tf.Tensor1D[] = [];
    for (let c = 0; c < this.graph.length; c++) {
      const [kept, error] = tf.tidy(() => this.#keptOf(c, data)) as [tf.Tensor1D, tf.Scalar];
      if (this.#networks.has(c)) errors.set(c, (await error.data())[0]!);
      columns.push(tf.tidy(() => tf.gather(kept, tf.tensor1d(rows, 'int32'))));
      tf.dispose([kept, error]);
    }
    tf.tidy(() => this.#kept.assign(tf.stack(columns, 0)));
    tf.dispose(columns);
    return errors;
  }

  /** A root's labels, or an effect's residuals, and the effect's error. */
  #keptOf(c: number, data: tf.Tensor2D): [tf.Tensor1D, tf.Scalar] {
    const label = column(data, c);
    if (!this.#networks.has(c)) return [label, tf.scalar(0)];
    const levels = this.#levels(c);
    if (levels > 0) {
      const likeliest = this.probabilities(c, data).argMax(1).cast('float32');
      const wrong = likeliest.notEqual(label.mul(levels - 1).round());
      return [label, wrong.cast('float32').mean() as tf.Scalar];
    }
    const residual = label.sub(this.predict(c, data)) as tf.Tensor1D;
    return [residual, residual.square().mean().sqrt() as tf.Scalar];
  }

  /** What {@link fit} trains. */
  parameters(): Parameters {
    const found: Record<string, tf.Variable> = {};
    for (const [child, network] of this.#networks) {
      Object.assign(found, prefixed(`${child}`, network.parameters()));
    }
    return found;
  }

  /** Kept values, to sample from. */
  buffers(): Parameters {
    return { kept: this.#kept };
  }

  dispose(): void {
    this.#networks.forEach((network) => network.dispose());
    this.#kept.dispose();
  }
}

/** Column c of [n, d], as [n]. */
function column(labels: tf.Tensor2D, c: number): tf.Tensor1D {
  return labels.slice([0, c], [-1, 1]).squeeze([1]);
}

/** Half a cosine from 1 to 0. */
function decay(progress: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * progress));
}
