import { createRng } from '@causal/random';
import { checkNumber, OptionsError, show } from '@causal/options';
import { standardised, type Table } from '../../data/table';
import { MOST_LEVELS } from '../../scores/category';
import { independentResidualScore } from '../../scores/independent-residuals';
import type { ParentSetScore } from '../../scores/local-score';
import { mixedScore } from '../../scores/mixed';
import { nearestNeighbourScore } from '../../scores/nearest-neighbours';
import type { ExactSearchOptions } from './exact-search';

const CALLER = 'exactSearch';

/**
 * The built-in scores with the settings that were measured to suit them. `margin`: evidence for a
 * direction, in nats per row, below which it is undecided, for n rows.
 */
const SCORES = {
  'independent-residuals': {
    make: independentResidualScore,
    neighbours: 10,
    penalty: 0.03,
    margin: (n: number) => 8 / n,
  },
  // Likelihoods: a Bayes factor of e^1.5, or the price of an edge where neighbours predict.
  mixed: {
    make: mixedScore,
    neighbours: 5,
    penalty: 0.05,
    margin: (n: number, allDiscrete: boolean) => (allDiscrete ? 1.5 / n : 0.05),
  },
  'nearest-neighbours': {
    make: nearestNeighbourScore,
    neighbours: 5,
    penalty: 0.05,
    margin: () => 0.05,
  },
};

/** The score that the options ask for, on the rows that it looks at, and its margin. */
export function chooseScore(
  table: Table,
  options: ExactSearchOptions,
): { score: ParentSetScore; margin: number } {
  const rng = createRng(options.rng ?? options.seed ?? 0);
  const most = checkNumber(options.maxRows ?? 5000, 'maxRows', CALLER, {
    least: 20,
    integer: true,
  });
  const single = withoutTwins(table);
  // Always shuffled: the order of the rows must not decide between equally near neighbours.
  const order = rng.split('rows').permutation(single.length).subarray(0, most);
  const rows = order.map((at) => single[at]!);
  const columns = table.columns.map((column, j) => {
    const seen = Float64Array.from(rows, (row) => column[row]!);
    if (seen.some((value) => value !== seen[0])) return standardised(seen);
    throw new RangeError(
      `${CALLER}: column ${j} ("${table.names[j]}") is constant in the ${rows.length} rows that maxRows draws; take more.`,
    );
  });
  const given =
    options.margin === undefined
      ? undefined
      : checkNumber(options.margin, 'margin', CALLER, { least: 0 });
  if (typeof options.score === 'function') {
    return { score: options.score(columns), margin: given ?? 1.5 / rows.length };
  }
  const discrete = discreteColumns(table, options.categorical);
  const allDiscrete = discrete.every(Boolean);
  const kind = options.score ?? (allDiscrete ? 'mixed' : 'independent-residuals');
  if (!Object.hasOwn(SCORES, kind)) {
    throw new OptionsError(CALLER, [
      `\`score\` must be ${Object.keys(SCORES).join(', ')} or a function, got ${show(kind)}.`,
    ]);
  }
  const { make, neighbours, penalty, margin } = SCORES[kind];
  const most1 = rows.length - 1;
  const settings = {
    discrete,
    neighbours: checkNumber(
      options.neighbours ?? Math.min(neighbours, most1),
      'neighbours',
      CALLER,
      {
        least: 1,
        most: most1,
        integer: true,
      },
    ),
    floor: checkNumber(options.floor ?? 1e-4, 'floor', CALLER, { above: 0, most: 1 }),
    penalty: checkNumber(options.penalty ?? penalty, 'penalty', CALLER, { least: 0 }),
  };
  return { score: make(columns, settings), margin: given ?? margin(rows.length, allDiscrete) };
}

/** Columns of few values, and those that the caller calls categorical. */
function discreteColumns(
  { columns, names }: Table,
  categorical: ExactSearchOptions['categorical'] = [],
): boolean[] {
  if (!Array.isArray(categorical)) {
    throw new OptionsError(CALLER, [
      `\`categorical\` must be an array of columns, got ${show(categorical)}.`,
    ]);
  }
  const listed = Array.from(categorical, (column: unknown) => {
    const index = typeof column === 'string' ? names.indexOf(column) : column;
    if (typeof index === 'number' && index in columns) return index;
    throw new OptionsError(CALLER, [
      `\`categorical\` names the column ${show(column)}; there are ${names.join(', ')} (0 … ${names.length - 1}).`,
    ]);
  });
  return columns.map((column, j) => listed.includes(j) || new Set(column).size <= MOST_LEVELS);
}

/** Share of a table's different rows that a column tells apart for equal rows to be copies. */
const TELLS_APART = 0.9;

/**
 * Rows without their copies, where the table has a column that hardly ever repeats: a copy would be the
 * nearest neighbour that predicts its twin exactly, as in a table drawn with replacement.
 */
function withoutTwins({ columns, rows }: Table): Int32Array {
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const seen = new Set<string>();
  const single = all.filter((row) => {
    const key = columns.map((column) => column[row]).join();
    return !seen.has(key) && seen.add(key);
  });
  if (single.length === rows || single.length < 20) return all;
  const copies = columns.some(
    (column) => new Set(column).size >= TELLS_APART * single.length && single.length > MOST_LEVELS,
  );
  return copies ? single : all;
}
