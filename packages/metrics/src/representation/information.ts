import { inferKind, toClasses, type Classes } from './labels';
import { average } from './scoring';
import { type Pair, type Table, toPair } from './table';

export interface BinnedOptions {
  /** Bins of equal width for latents and for labels that are not classes. Default 20. */
  readonly bins?: number;
}

/**
 * Mutual information gap: how much more the best latent tells about a label than the second best, as
 * a share of the label's entropy, averaged over labels. 0 … 1.
 * @param latents [n, m], m ≥ 2.
 * @param labels [n, d]; few different integers are classes, other columns are binned.
 * @see Chen et al., "Isolating sources of disentanglement in VAEs", NeurIPS 2018.
 */
export function mig(latents: Table, labels: Table, options: BinnedOptions = {}): number {
  return migOfPair(toPair(latents, labels, 'mig'), options);
}

/** @internal {@link mig} on columns. */
export function migOfPair({ latents, labels }: Pair, { bins = 20 }: BinnedOptions): number {
  const z = latents.map((column) => equalWidth(column, bins));
  return average(
    labels.map((column) => {
      const u = labelClasses(column, bins);
      const entropy = mutualInformation(u, u);
      if (entropy === 0) return 0;
      const told = z.map((latent) => mutualInformation(latent, u)).sort((a, b) => b - a);
      return (told[0]! - (told[1] ?? 0)) / entropy;
    }),
  );
}

/** Classes of a label as they are, or bins of equal width. */
export function labelClasses(column: Float64Array, bins: number): Classes {
  return inferKind(column) === 'discrete' ? toClasses(column) : equalWidth(column, bins);
}

/** Bins of equal width from the lowest to the highest value, which falls in the last. */
function equalWidth(column: Float64Array, bins: number): Classes {
  if (!Number.isInteger(bins) || bins < 2) {
    throw new RangeError(`bins must be an integer of at least 2, got ${bins}.`);
  }
  let low = Infinity;
  let high = -Infinity;
  for (const v of column) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  const width = (high - low) / bins || 1;
  const of = Int32Array.from(column, (v) => Math.min(bins - 1, Math.floor((v - low) / width)));
  return { of, count: bins };
}

/** Plug-in mutual information of two columns of classes, in nats. */
function mutualInformation(a: Classes, b: Classes): number {
  const n = a.of.length;
  const joint = new Float64Array(a.count * b.count);
  const left = new Float64Array(a.count);
  const right = new Float64Array(b.count);
  for (let i = 0; i < n; i++) {
    joint[a.of[i]! * b.count + b.of[i]!]!++;
    left[a.of[i]!]!++;
    right[b.of[i]!]!++;
  }
  let sum = 0;
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      const count = joint[i * b.count + j]!;
      if (count > 0) sum += (count / n) * Math.log((count * n) / (left[i]! * right[j]!));
    }
  }
  return Math.max(0, sum);
}
