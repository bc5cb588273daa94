import type { Companion } from '../companion/companion';
import type { Call, Crew } from './crew';

/** The same numbers are computed by the same instructions if parts begin at multiples of this. */
const UNIT = 64;

/** Portions for each thread: who is called from sleep finds the rest still there. */
const PORTIONS = 2;

/** Least numbers for which a call to others is worth it. */
const LEAST = { elementary: 2 ** 14, move: 2 ** 16 } as const;

/** [from, to) in at most two parts for each thread, between them multiples of `unit`. */
export function parts(total: number, unit: number, threads: number): [number, number][] {
  const step = Math.ceil(total / (PORTIONS * threads) / unit) * unit;
  const ranges: [number, number][] = [];
  for (let from = 0; from < total; from += step) ranges.push([from, Math.min(from + step, total)]);
  return ranges;
}

/** How a function walks: which argument counts, and the bytes by which others go on each time. */
interface Walk {
  readonly count: number;
  readonly least: number;
  bytes(args: readonly number[]): Readonly<Record<number, number>>;
}

const walk = (count: number, least: number, ...bytes: number[]): Walk => {
  const fixed = Object.fromEntries(bytes.map((step, i) => [i, step]));
  return { count, least, bytes: () => fixed };
};
const unary = walk(2, LEAST.elementary, 4, 4);
const gradient = walk(3, LEAST.move, 4, 4, 4);
const twoOperands = (result: number): Walk => ({
  count: 6,
  least: LEAST.move,
  bytes: (args) => ({ 1: 4 * args[2]!, 3: 4 * args[4]!, 5: result }),
});

const WALKS: Readonly<Partial<Record<keyof Companion, Walk>>> = {
  exp: unary,
  log: unary,
  log1p: unary,
  softplus: unary,
  sigmoid: unary,
  tanh: unary,
  elu: unary,
  sin: unary,
  cos: unary,
  rsqrt: walk(2, LEAST.move, 4, 4),
  relu: walk(2, LEAST.move, 4, 4),
  leakyRelu: walk(2, LEAST.move, 4, 4),
  clip: walk(2, LEAST.move, 4, 4),
  sigmoidGradient: gradient,
  tanhGradient: gradient,
  eluGradient: gradient,
  reluGradient: gradient,
  leakyReluGradient: gradient,
  binary: twoOperands(4),
  compare: twoOperands(1),
  select: walk(4, LEAST.move, 1, 4, 4, 4),
  boolToFloat: walk(2, LEAST.move, 1, 4),
  boolToInt: walk(2, LEAST.move, 1, 4),
  intToFloat: walk(2, LEAST.move, 4, 4),
  floatToInt: walk(2, LEAST.move, 4, 4),
  adamStep: walk(5, LEAST.move, 4, 4, 4, 4, 4),
  sgdStep: walk(4, LEAST.move, 4, 4, 4, 4),
  rmspropStep: walk(4, LEAST.move, 4, 4, 4, 4),
  addRow: {
    count: 2,
    least: 2,
    bytes: ([, , , columns]) => ({ 0: 4 * columns! }),
  },
  sumMiddle: {
    count: 2,
    least: 2,
    bytes: ([, , , middle, inner]) => ({ 0: 4 * middle! * inner!, 1: 4 * inner! }),
  },
  gatherRows: {
    count: 3,
    least: 2,
    bytes: ([, , , , rows, count, bytes]) => ({ 0: rows! * bytes!, 2: count! * bytes! }),
  },
};

/** Numbers that functions of rows touch; others touch as many as they count. */
const TOUCHED: Readonly<Partial<Record<keyof Companion, (args: readonly number[]) => number>>> = {
  addRow: ([, , rows, columns]) => rows! * columns!,
  sumMiddle: ([, , outer, middle, inner]) => outer! * middle! * inner!,
  gatherRows: ([, , , outer, , count, bytes]) => (outer! * count! * bytes!) / 4,
};

/** Part [from, to) of a call. */
function part(name: keyof Companion, args: readonly number[], from: number, to: number): Call {
  const { count, bytes } = WALKS[name]!;
  const own = [...args];
  own[count] = to - from;
  for (const [i, step] of Object.entries(bytes(args))) {
    if (own[Number(i)] !== 0) own[Number(i)]! += from * step; // 0: there is no such argument
  }
  return [name, ...own];
}

type Plain = (...args: number[]) => unknown;

/** Copies of blocks, along the first axis that has enough for everyone. */
function splitCopy(companion: Companion, crew: Crew): Companion['copy4'] {
  return (...args) => {
    const sizes = args.slice(2, 6);
    const total = sizes.reduce((p, q) => p * q, 1);
    const enough = PORTIONS * crew.threads;
    const axis = sizes.findIndex((n) => n >= enough);
    if (total < LEAST.move || axis < 0 || !crew.ready) return companion.copy4(...args);
    const portions = parts(sizes[axis]!, 1, crew.threads).map(([from, to]): Call[] => {
      const own = [...args];
      own[0]! += from * args[6 + axis]!;
      own[1]! += from * args[10 + axis]!;
      own[2 + axis] = to - from;
      return [['copy4', ...own]];
    });
    crew.run(portions);
  };
}

/**
 * The companion with its long calls shared among the crew. Every number is computed as one thread
 * would: the bits are the same.
 */
export function splitCompanion(companion: Companion, crew: Crew): Companion {
  const split: Record<string, unknown> = { ...companion };
  for (const [key, { count, least }] of Object.entries(WALKS)) {
    const name = key as keyof Companion;
    const alone = companion[name] as Plain;
    const touched = TOUCHED[name];
    split[name] = (...args: number[]) => {
      const n = args[count]!;
      if (n < least || (touched && touched(args) < LEAST.move) || !crew.ready)
        return alone(...args);
      return crew.run(
        parts(n, touched ? 1 : UNIT, crew.threads).map(([from, to]) => [
          part(name, args, from, to),
        ]),
      );
    };
  }
  split['copy4'] = splitCopy(companion, crew);
  return split as unknown as Companion;
}
