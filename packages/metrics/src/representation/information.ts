import { checkKeys, checkNumber } from '@causal/options';
import { type Classes, inferKind, requireVarying, toClasses, varies } from './labels';
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
 * @param labels [n, d]; few different integers are classes, other columns are binned. Constant ones
 *   are left out.
 * @throws RangeError if every label is constant.
 * @see Chen et al., "Isolating sources of disentanglement in VAEs", NeurIPS 2018.
 */
export function mig(latents: Table, labels: Table, options: BinnedOptions = {}): number {
  checkKeys(options, ['bins'], 'mig', { num_bins: 'bins', nBins: 'bins' });
  const pair = toPair(latents, labels, 'mig');
  requireVarying(pair.labels, 'mig');
  return migOfPair(pair, options);
}

/** @internal {@link mig} on columns. */
export function migOfPair({ latents, labels }: Pair, { bins = 20 }: BinnedOptions): number {
  checkBins(bins, 'mig');
  const z = latents.map((column) => equalWidth(column, bins));
  return average(
    // The share of an entropy of 0 is nothing.
    labels.filter(varies).map((column) => {
      const u = labelClasses(column, bins);
      const entropy = mutualInformation(u, u);
      const told = z.map((latent) => mutualInformation(latent, u)).sort((a, b) => b - a);
      return (told[0]! - (told[1] ?? 0)) / entropy;
    }),
  );
}

export function checkBins(bins: number, caller: string): void {
  checkNumber(bins, 'bins', caller, { integer: true, least: 2 });
}

/** Classes of a label as they are, or bins of equal width. */
export function labelClasses(column: Float64Array, bins: number): Classes {
  return inferKind(column) === 'discrete' ? toClasses(column) : equalWidth(column, bins);
}

/** Bins of equal width from the lowest to the highest value, which falls in the last. */
function equalWidth(column: Float64Array, bins: number): Classes {
  let low = Infinity;
  let high = -Infinity;
  for (const v of column) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  // Halves: high − low of ±1.7e308 is not float64's.
  const width = (high / 2 - low / 2) / bins || 1;
  const of = Int32Array.from(column, (v) =>
    Math.min(bins - 1, Math.floor((v / 2 - low / 2) / width)),
  );
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
