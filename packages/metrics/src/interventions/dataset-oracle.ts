import type { Dataset, GeneratedDataset, Matrix, Split } from '@causal/datasets';
import { checkNumber, show } from '@causal/options';

/** A data set whose true counterfactuals can be drawn. */
export type Oracle = Dataset & Pick<GeneratedDataset, 'render' | 'counterfactual'>;

/** @throws TypeError unless the data set knows its mechanism and can draw what follows. */
export function requireOracle(caller: string, data: Dataset): Oracle {
  checkData(caller, data);
  if (!data.render || !data.counterfactual) {
    throw new TypeError(
      `${caller}: '${data.name}' has no ${data.render ? 'counterfactual()' : 'render()'}; ` +
        'judging do() needs true counterfactual renders (generated data sets have them).',
    );
  }
  return data as Oracle;
}

/** @throws TypeError on what is no data set. */
export function checkData(caller: string, data: Dataset): void {
  if (Array.isArray((data as Partial<Dataset> | null | undefined)?.concepts)) return;
  throw new TypeError(`${caller}: expected a data set, got ${show(data)}.`);
}

/**
 * The rows to judge, evenly spread over a split (all rows if it has no more than asked).
 * @throws RangeError on numbers that are no positive integers, and if the split is empty.
 */
export function judgedRows(
  caller: string,
  data: Dataset,
  { split, count, chunkSize }: { split: Split; count: number; chunkSize: number },
): number[] {
  for (const [name, value] of Object.entries({ count, chunkSize })) {
    checkNumber(value, name, caller, { integer: true, least: 1 });
  }
  checkData(caller, data);
  const size = data.size(split);
  if (size === 0) throw new RangeError(`${caller}: the ${split} split has no images.`);
  const rows = Math.min(size, count);
  return Array.from({ length: rows }, (_, i) => Math.floor((i * size) / rows));
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
