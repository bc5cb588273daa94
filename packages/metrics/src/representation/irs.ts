import { checkKeys, checkNumber } from '@causal/options';
import { type BinnedOptions, checkBins, labelClasses } from './information';
import { requireVarying, varies } from './labels';
import { type Pair, type Table, toPair } from './table';

export interface IrsOptions extends BinnedOptions {
  /** Quantile of the deviations that stands for the largest. Default .99. */
  readonly quantile?: number;
}

/**
 * Interventional robustness score: for each latent, how little it moves while its best label is held
 * fixed and all others change, 1 − (typical largest deviation within a value of the label) ÷ (largest
 * deviation of all); averaged over latents with their largest deviations as weights. 0 … 1.
 * @param labels [n, d]; few different integers are classes, other columns are binned. Constant ones
 *   are left out.
 * @throws RangeError if every label is constant.
 * @see Suter et al., "Robustly disentangled causal mechanisms", ICML 2019.
 */
export function irs(latents: Table, labels: Table, options: IrsOptions = {}): number {
  checkKeys(options, ['bins', 'quantile'], 'irs', { num_bins: 'bins', diff_quantile: 'quantile' });
  const pair = toPair(latents, labels, 'irs');
  requireVarying(pair.labels, 'irs');
  return irsOfPair(pair, options);
}

/** @internal {@link irs} on columns. */
export function irsOfPair({ latents, labels }: Pair, options: IrsOptions): number {
  const { bins = 20, quantile = 0.99 } = options;
  checkNumber(quantile, 'quantile', 'irs', { above: 0, most: 1 });
  checkBins(bins, 'irs');
  // Holding a constant fixed is holding nothing: all rows would be its one group.
  const groups = labels.filter(varies).map((column) => rowsByClass(labelClasses(column, bins).of));
  if (groups.length === 0) return NaN;
  let weighted = 0;
  let weights = 0;
  for (const z of latents) {
    const mean = z.reduce((sum, v) => sum + v, 0) / z.length;
    const largest = z.reduce((most, v) => Math.max(most, Math.abs(v - mean)), 0);
    if (largest === 0) continue; // a dead latent stands for nothing
    const scores = groups.map((rowsOf) => {
      const sum = rowsOf.reduce((s, rows) => s + deviation(z, rows, quantile), 0);
      return 1 - sum / rowsOf.length / largest;
    });
    weighted += largest * Math.max(...scores);
    weights += largest;
  }
  return weights === 0 ? 0 : weighted / weights;
}

/** Rows of each class that occurs. */
function rowsByClass(of: Int32Array): number[][] {
  const rows: number[][] = [];
  of.forEach((c, i) => (rows[c] ??= []).push(i));
  return rows.filter((members) => members !== undefined);
}

/** Quantile of |z − mean| within a group, between order statistics linearly. */
function deviation(z: Float64Array, rows: readonly number[], quantile: number): number {
  const mean = rows.reduce((sum, i) => sum + z[i]!, 0) / rows.length;
  const sorted = Float64Array.from(rows, (i) => Math.abs(z[i]! - mean)).sort();
  const at = quantile * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
