/**
 * How a concept comes from its causes and its noise. The causes are in ascending order of their
 * index. Left out, a concept is linear: bias + Σ weight · cause + noise.
 */
export type Mechanism =
  | { readonly kind: 'linear'; readonly bias?: number }
  /** value = mean(causes) + noise. */
  | { readonly kind: 'additive'; readonly mean: (causes: readonly number[]) => number }
  /**
   * Anything else: value(causes, noise), and for counterfactuals its inverse in the noise,
   * noise(causes, value).
   */
  | {
      readonly kind: 'general';
      readonly value: (causes: readonly number[], noise: number) => number;
      readonly noise?: (causes: readonly number[], value: number) => number;
    };

/** A mechanism ready for use: both directions. */
export interface Steps {
  readonly forward: (causes: readonly number[], noise: number) => number;
  readonly backward: (causes: readonly number[], value: number) => number;
}

/** @param weights Those of the causes, for the linear kind. */
export function stepsOf(mechanism: Mechanism, weights: readonly number[], where: string): Steps {
  switch (mechanism.kind) {
    case 'linear': {
      const { bias = 0 } = mechanism;
      const mean = (causes: readonly number[]) =>
        causes.reduce((sum, cause, i) => sum + weights[i]! * cause, bias);
      return additive(mean);
    }
    case 'additive':
      return additive(mechanism.mean);
    case 'general': {
      const { value, noise } = mechanism;
      const backward =
        noise ??
        (() => {
          throw new Error(
            `${where}: the noise behind an observed value is not known; give the mechanism its inverse, noise(causes, value).`,
          );
        });
      return { forward: value, backward };
    }
    default:
      throw new RangeError(
        `${where}: a mechanism must be 'linear', 'additive' or 'general', got ${JSON.stringify(mechanism)}.`,
      );
  }
}

function additive(mean: (causes: readonly number[]) => number): Steps {
  return {
    forward: (causes, noise) => mean(causes) + noise,
    backward: (causes, value) => value - mean(causes),
  };
}
