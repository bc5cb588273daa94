import { checkChoice, checkKeys, checkNumber, OptionsError, show } from '@causal/options';
import type { Rng } from '@causal/random';

/** How the noise of a concept is drawn; for a root that is the distribution of its values. */
export type Noise =
  | { readonly kind: 'normal'; readonly mean?: number; readonly std?: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'laplace'; readonly mean?: number; readonly scale?: number }
  | ((rng: Rng) => number);

/** Parameters of each kind, and what other libraries call them. */
const KINDS = {
  normal: {
    keys: ['kind', 'mean', 'std'],
    otherNames: { scale: 'std', sigma: 'std', sd: 'std', stddev: 'std', loc: 'mean', mu: 'mean' },
  },
  uniform: { keys: ['kind', 'low', 'high'], otherNames: { min: 'low', max: 'high' } },
  laplace: {
    keys: ['kind', 'mean', 'scale'],
    // Not the same number: the standard deviation is √2·scale.
    otherNames: { b: 'scale', std: 'scale (= std/√2)', loc: 'mean', mu: 'mean' },
  },
} as const;

/** A function that draws from the distribution, its parameters checked. */
export function samplerOf(noise: Noise, where: string): (rng: Rng) => number {
  if (typeof noise === 'function') return noise;
  const given = noise as { readonly kind?: unknown } | null;
  if (typeof given !== 'object' || given === null) {
    throw new OptionsError(where, [
      `noise must be { kind: 'normal' | 'uniform' | 'laplace', … } or a function of an rng, got ${show(noise)}.`,
    ]);
  }
  const kind = checkChoice(given.kind, ['normal', 'uniform', 'laplace'], 'kind', where);
  checkKeys(given, KINDS[kind].keys, where, KINDS[kind].otherNames);
  switch (noise.kind) {
    case 'normal': {
      const { mean = 0, std = 1 } = noise;
      checkNumber(mean, 'mean', where);
      checkNumber(std, 'std', where, { least: 0 });
      return (rng) => mean + std * rng.normal();
    }
    case 'uniform': {
      const { low, high } = noise;
      checkNumber(low, 'low', where);
      checkNumber(high, 'high', where, { least: low });
      return (rng) => low + (high - low) * rng.uniform();
    }
    case 'laplace': {
      const { mean = 0, scale = 1 } = noise;
      checkNumber(mean, 'mean', where);
      checkNumber(scale, 'scale', where, { least: 0 });
      return (rng) => {
        const u = rng.uniform() - 0.5;
        return mean - scale * Math.sign(u) * Math.log(1 - 2 * Math.abs(u));
      };
    }
  }
}
