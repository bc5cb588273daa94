import * as tf from '@tensorflow/tfjs';
import { constantVariable, type Parameters } from './parameters';
import { disposeVariables, type Mode, type Part } from './part';

export type NormalizationKind = 'none' | 'batch' | 'group';

const EPSILON = 1e-5;
const MOMENTUM = 0.9;

/** Normalises the channels of [n, …, channels], then scales and shifts each. */
export interface Normalization extends Part {
  apply<T extends tf.Tensor>(x: T, mode: Mode): T;
}

/** @param groups of `'group'`; must divide the channels. Default: 8, or as many as divide. */
export function normalization(
  kind: NormalizationKind,
  channels: number,
  groups = largestDivisor(channels, 8),
): Normalization {
  if (kind === 'none') return { apply: (x) => x, parameters: () => ({}), dispose: () => {} };
  return kind === 'batch'
    ? new BatchNormalization(channels)
    : new GroupNormalization(channels, groups);
}

function largestDivisor(n: number, most: number): number {
  for (let d = Math.min(n, most); d > 1; d--) if (n % d === 0) return d;
  return 1;
}

/** Ioffe & Szegedy 2015: statistics of the batch in training, running ones elsewhere. */
class BatchNormalization implements Normalization {
  readonly #scale: tf.Variable;
  readonly #shift: tf.Variable;
  readonly #mean: tf.Variable;
  readonly #variance: tf.Variable;

  constructor(channels: number) {
    this.#scale = constantVariable([channels], 1);
    this.#shift = constantVariable([channels]);
    this.#mean = constantVariable([channels]);
    this.#variance = constantVariable([channels], 1);
  }

  apply<T extends tf.Tensor>(x: T, { training }: Mode): T {
    if (!training) return this.#normalize(x, this.#mean, this.#variance);
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const { mean, variance } = tf.moments(x, axes);
    tf.tidy(() => {
      this.#mean.assign(this.#mean.mul(MOMENTUM).add(mean.mul(1 - MOMENTUM)));
      this.#variance.assign(this.#variance.mul(MOMENTUM).add(variance.mul(1 - MOMENTUM)));
    });
    return this.#normalize(x, mean, variance);
  }

  #normalize<T extends tf.Tensor>(x: T, mean: tf.Tensor, variance: tf.Tensor): T {
    const factor = this.#scale.div(variance.add(EPSILON).sqrt());
    return x.sub(mean).mul(factor).add(this.#shift) as T;
  }

  parameters(): Parameters {
    return { scale: this.#scale, shift: this.#shift };
  }

  buffers(): Parameters {
    return { mean: this.#mean, variance: this.#variance };
  }

  dispose(): void {
    disposeVariables(this.parameters(), this.buffers());
  }
}

/** Wu & He 2018: statistics of groups of channels of each row; the same in training and out of it. */
class GroupNormalization implements Normalization {
  readonly #groups: number;
  readonly #scale: tf.Variable;
  readonly #shift: tf.Variable;

  constructor(channels: number, groups: number) {
    if (channels % groups !== 0) {
      throw new RangeError(`normalization: ${groups} groups do not divide ${channels} channels.`);
    }
    this.#groups = groups;
    this.#scale = constantVariable([channels], 1);
    this.#shift = constantVariable([channels]);
  }

  apply<T extends tf.Tensor>(x: T): T {
    const n = x.shape[0]!;
    const channels = x.shape.at(-1)!;
    const places = x.size / (n * channels);
    const grouped = x.reshape([n, places, this.#groups, channels / this.#groups]);
    const { mean, variance } = tf.moments(grouped, [1, 3], true);
    const even = grouped.sub(mean).div(variance.add(EPSILON).sqrt()).reshape(x.shape);
    return even.mul(this.#scale).add(this.#shift) as T;
  }

  parameters(): Parameters {
    return { scale: this.#scale, shift: this.#shift };
  }

  dispose(): void {
    disposeVariables(this.parameters());
  }
}
