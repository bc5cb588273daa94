import type { Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import type { BoundKernel } from './bandwidth';

/** Sums over all pairs of rows that the independence tests need, of centred Gram matrices K̃ and L̃. */
export interface TestSums {
  /** Σᵢⱼ K̃ᵢⱼ L̃ᵢⱼ. */
  readonly product: number;
  /** What the moments under permutation need of K̃ and of L̃. */
  readonly spectra: readonly [Spectrum, Spectrum];
  /** Σᵢⱼ K̃ᵢⱼ L̃[π(i), π(j)] for each permutation π. */
  readonly permuted: Float64Array;
}

/** Sums over one centred Gram matrix. */
export interface Spectrum {
  /** Σᵢ K̃ᵢᵢ. */
  readonly trace: number;
  /** Σᵢⱼ K̃ᵢⱼ². */
  readonly squares: number;
  /** Σᵢ K̃ᵢᵢ². */
  readonly diagonal: number;
}

export interface TestSumsOptions {
  readonly permutations: number;
  readonly rng: Rng;
  /** Called after each part of the work with the share done; rejects to stop. */
  readonly afterPart: (done: number) => Promise<void>;
}

/** Settles the kernel of x (0) or y (1) for its sample; called in a tidy. */
export type BindKernel = (variable: 0 | 1) => BoundKernel;
export type Pair = readonly [tf.Tensor2D, tf.Tensor2D];

/** Comparisons with NaN are false: it would look like the strongest dependence there is. */
export function checkMeans(means: readonly [number, number]): readonly [number, number] {
  means.forEach((mean, v) => {
    if (Number.isFinite(mean)) return;
    throw new RangeError(
      `hsicTest: ${['x', 'y'][v]} holds a number that is not finite, or its kernel leaves float32.`,
    );
  });
  return means;
}
