import type { Rng } from '@causal/random';

/** How the noise of a concept is drawn; for a root that is the distribution of its values. */
export type Noise =
  | { readonly kind: 'normal'; readonly mean?: number; readonly std?: number }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'laplace'; readonly mean?: number; readonly scale?: number }
  | ((rng: Rng) => number);

/** A function that draws from the distribution, its parameters checked. */
export function samplerOf(noise: Noise, where: string): (rng: Rng) => number {
  if (typeof noise === 'function') return noise;
  switch (noise.kind) {
    case 'normal': {
      const { mean = 0, std = 1 } = noise;
      checkScale(std, `${where}: std`);
      return (rng) => mean + std * rng.normal();
    }
    case 'uniform': {
      const { low, high } = noise;
      if (!(high >= low)) {
        throw new RangeError(`${where}: uniform noise needs low ≤ high, got ${low} and ${high}.`);
      }
      return (rng) => low + (high - low) * rng.uniform();
    }
    case 'laplace': {
      const { mean = 0, scale = 1 } = noise;
      checkScale(scale, `${where}: scale`);
      return (rng) => {
        const u = rng.uniform() - 0.5;
        return mean - scale * Math.sign(u) * Math.log(1 - 2 * Math.abs(u));
      };
    }
    default:
      throw new RangeError(
        `${where}: noise must be 'normal', 'uniform', 'laplace' or a function of an rng, got ${JSON.stringify(noise)}.`,
      );
  }
}

function checkScale(scale: number, what: string): void {
  if (!(scale >= 0 && scale < Infinity)) throw new RangeError(`${what} must be ≥ 0, got ${scale}.`);
}
