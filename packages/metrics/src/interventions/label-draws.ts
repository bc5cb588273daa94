import type { Concept, Dataset, Matrix } from '@causal/datasets';
import type { Rng } from '@causal/random';

/** Draws label rows whose concepts are independent of each other. */
export type LabelDraws = (n: number, rng: Rng) => number[][];

/** Each concept from its own marginal in the training split, whatever the other concepts are. */
export function marginalDraws(data: Dataset): LabelDraws {
  const seen = trainingLabels(data);
  return (n, rng) =>
    Array.from({ length: n }, () =>
      data.concepts.map((_, concept) => seen[rng.int(seen.length)]![concept]!),
    );
}

/** Each concept evenly over its range. */
export function uniformDraws(data: Dataset): LabelDraws {
  return (n, rng) =>
    Array.from({ length: n }, () => data.concepts.map((concept) => uniformValue(concept, rng)));
}

/** Each value of each concept from `first` with probability `share`, otherwise from `second`. */
export function mixedDraws(first: LabelDraws, second: LabelDraws, share: number): LabelDraws {
  return (n, rng) => {
    const other = second(n, rng);
    return first(n, rng).map((row, i) =>
      row.map((value, concept) => (rng.uniform() < share ? value : other[i]![concept]!)),
    );
  };
}

function uniformValue({ kind, range: [low, high] }: Concept, rng: Rng): number {
  if (kind === 'continuous') return low + (high - low) * rng.uniform();
  return low + rng.int(Math.round(high - low) + 1);
}

function trainingLabels(data: Dataset): Matrix {
  const rows = data.labels('train');
  if (rows.length === 0) throw new RangeError(`${data.name}: the training split has no labels.`);
  return rows;
}
