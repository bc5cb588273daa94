import { checkChoice, checkKeys, checkNumber, OptionsError, show } from '@causal/options';

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

const KEYS = {
  linear: ['kind', 'bias'],
  additive: ['kind', 'mean'],
  general: ['kind', 'value', 'noise'],
} as const;

/** @param weights Those of the causes, for the linear kind. */
export function stepsOf(mechanism: Mechanism, weights: readonly number[], where: string): Steps {
  const given = mechanism as { readonly kind?: unknown } | null;
  if (typeof given !== 'object' || given === null) {
    throw new OptionsError(where, [
      `a mechanism must be { kind: 'linear' | 'additive' | 'general', … }, got ${show(mechanism)}.`,
    ]);
  }
  const kind = checkChoice(given.kind, ['linear', 'additive', 'general'], 'kind', where);
  checkKeys(given, KEYS[kind], where);
  switch (mechanism.kind) {
    case 'linear': {
      const { bias = 0 } = mechanism;
      checkNumber(bias, 'bias', where);
      const mean = (causes: readonly number[]) =>
        causes.reduce((sum, cause, i) => sum + weights[i]! * cause, bias);
      return additive(mean);
    }
    case 'additive':
      checkFunction(mechanism.mean, 'mean', where);
      return additive(mechanism.mean);
    case 'general': {
      const { value, noise } = mechanism;
      checkFunction(value, 'value', where);
      if (noise !== undefined) checkFunction(noise, 'noise', where);
      const backward =
        noise ??
        (() => {
          throw new Error(
            `${where}: the noise behind an observed value is not known; give the mechanism its inverse, noise(causes, value).`,
          );
        });
      return { forward: value, backward };
    }
  }
}

function checkFunction(value: unknown, name: string, where: string): void {
  if (typeof value === 'function') return;
  throw new TypeError(`${where}: \`${name}\` must be a function, got ${show(value)}.`);
}

function additive(mean: (causes: readonly number[]) => number): Steps {
  return {
    forward: (causes, noise) => mean(causes) + noise,
    backward: (causes, value) => value - mean(causes),
  };
}
