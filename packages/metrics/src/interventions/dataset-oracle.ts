import type { Dataset, GeneratedDataset, Matrix } from '@causal/datasets';

/** A data set whose true counterfactuals can be drawn. */
export type Oracle = Dataset & Pick<GeneratedDataset, 'render' | 'counterfactual'>;

/** @throws TypeError unless the data set knows its mechanism and can draw what follows. */
export function requireOracle(caller: string, data: Dataset): Oracle {
  if (!data.render || !data.counterfactual) {
    throw new TypeError(
      `${caller}: '${data.name}' has no ${data.render ? 'counterfactual()' : 'render()'}; ` +
        'judging do() needs true counterfactual renders (generated data sets have them).',
    );
  }
  return data as Oracle;
}

/** `count` rows of a split, evenly spread over it (all rows if it has no more). */
export function spreadRows(size: number, count: number): number[] {
  if (size <= count) return Array.from({ length: size }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
}

/** The p-quantile of a concept's labels, interpolated linearly between order statistics. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

/** One column of a label table. */
export function column(labels: Matrix, concept: number): number[] {
  return labels.map((row) => row[concept]!);
}
