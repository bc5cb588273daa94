import type { Cell } from './cells';

/** One learner on one cell. */
export interface Run extends Cell {
  readonly learner: string;
  /** `ours`, `theirs`, or a variant of ours. */
  readonly side: string;
  /** Undefined where the limit of processor time was reached. */
  readonly shd?: number;
  readonly f1?: number;
  /** Processor time in seconds: what counts on a machine that others use too. */
  readonly cpu: number;
  readonly seconds: number;
  /** Both sides in turn on a machine with all other work stopped. */
  readonly quiet?: boolean;
}

/** NaN of none. */
const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));
const round = (value: number, digits: number): number => Number(value.toPrecision(digits));

interface Side {
  readonly seeds: number;
  readonly shd: number;
  readonly shdDeviation: number;
  readonly cpu: number;
  /** Seeds on which the limit of processor time was reached, of all that were run. */
  readonly unfinished: number;
}

export interface Row {
  readonly learner: string;
  readonly graph: string;
  readonly nodes: number;
  readonly scale: string;
  readonly sides: Readonly<Record<string, Side>>;
  /** Seeds that both have finished, and over them our mean SHD less theirs. */
  readonly pairs: number;
  readonly shdDifference?: number;
  /** Our time over theirs: over the quiet pairs, where there are any. */
  readonly timeRatio?: number;
  readonly quietPairs: number;
}

/** Means over seeds, a row for each learner, graph, size and scale. */
export function summarise(runs: readonly Run[]): Row[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = [run.learner, run.nodes, run.graph, run.scale].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => {
    const { learner, graph, nodes, scale } = group[0]!;
    const sides: Record<string, Side> = {};
    // Only seeds that both sides have finished, where there are any: means of the same graphs.
    const finished = (side: string): number[] =>
      group.filter((run) => run.side === side && run.shd !== undefined).map((run) => run.seed);
    const both = finished('ours').filter((seed) => finished('theirs').includes(seed));
    for (const side of new Set(group.map((run) => run.side))) {
      const all = group.filter(
        (run) => run.side === side && (both.length === 0 || both.includes(run.seed)),
      );
      const done = all.filter((run) => run.shd !== undefined);
      const distances = done.map((run) => run.shd!);
      sides[side] = {
        seeds: done.length,
        shd: round(mean(distances), 4),
        shdDeviation: round(deviation(distances), 3),
        cpu: round(mean(done.map((run) => run.cpu)), 3),
        unfinished: group.filter((run) => run.side === side && run.shd === undefined).length,
      };
    }
    const pairs = group.flatMap((mine) => {
      if (mine.side !== 'ours' || mine.shd === undefined) return [];
      const peer = group.find(
        (run) => run.side === 'theirs' && run.seed === mine.seed && run.shd !== undefined,
      );
      return peer ? [[mine, peer] as const] : [];
    });
    const quiet = pairs.filter((pair) => pair.every((run) => run.quiet));
    const timed = quiet.length > 0 ? quiet : pairs;
    const total = (side: 0 | 1): number => timed.reduce((sum, pair) => sum + pair[side].cpu, 0);
    return {
      learner,
      graph,
      nodes,
      scale,
      sides,
      pairs: pairs.length,
      quietPairs: quiet.length,
      ...(pairs.length > 0 && {
        shdDifference: round(mean(pairs.map(([mine, peer]) => mine.shd! - peer.shd!)), 3),
        timeRatio: round(total(0) / total(1), 3),
      }),
    };
  });
}

const show = (side: Side | undefined): string => {
  if (!side) return '–';
  const late = side.unfinished ? ` (${side.unfinished} over the limit)` : '';
  return side.seeds > 0 ? `${side.shd} ± ${side.shdDeviation}${late}` : `–${late}`;
};
const seconds = (side: Side | undefined): number | string =>
  side && side.seeds > 0 ? side.cpu : '–';

/** The rows as the tables of the README, one for each learner. */
export function toMarkdown(rows: readonly Row[]): string {
  return [...new Set(rows.map(({ learner }) => learner))]
    .map((learner) => table(rows.filter((row) => row.learner === learner)))
    .join('\n\n');
}

function table(rows: readonly Row[]): string {
  const solvers = rows.some(({ sides }) => sides['other solver'] !== undefined);
  const two = (cell: unknown): unknown[] => (solvers ? [cell] : []);
  const line = (cells: readonly unknown[]): string => `| ${cells.join(' | ')} |`;
  const head = [
    rows[0]!.learner,
    'data',
    'seeds',
    'SHD ours',
    ...two('other solver'),
    'Python',
    'sort',
    's ours',
    ...two('other solver'),
    'Python',
    'time ratio',
    ...two('other solver'),
  ];
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ graph, nodes, scale, sides, pairs, quietPairs, timeRatio }) => {
      const { ours, theirs, sort, 'other solver': other } = sides;
      const otherRatio =
        other && theirs && other.seeds > 0 && other.seeds === theirs.seeds
          ? round(other.cpu / theirs.cpu, 2)
          : '–';
      return line([
        `${graph}, d = ${nodes}`,
        scale,
        pairs,
        show(ours),
        ...two(show(other)),
        show(theirs),
        sort?.shd ?? '–',
        seconds(ours),
        ...two(seconds(other)),
        seconds(theirs),
        timeRatio === undefined ? '–' : `${timeRatio}${quietPairs > 0 ? '' : '*'}`,
        ...two(otherRatio),
      ]);
    }),
  ].join('\n');
}
