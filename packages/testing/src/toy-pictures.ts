import * as tf from '@tensorflow/tfjs';

const SIDE = 8;

/** Concepts of the toy data, with the DAG behind them: continuous ones alone, or one of each kind. */
const WORLDS = {
  continuous: {
    concepts: [
      { name: 'angle', unit: 'rad', kind: 'continuous', range: [-1, 3] },
      { name: 'light', unit: '', kind: 'continuous', range: [0, 2] },
      { name: 'shade', unit: 'cm', kind: 'continuous', range: [0, 10] },
    ],
    graph: [
      [0, 1, 1],
      [0, 0, 1],
      [0, 0, 0],
    ],
    /** Native labels of a row from numbers in [0, 1). */
    row: ([a, b, c]: readonly number[]): number[] => {
      const angle = -1 + 4 * a!;
      const light = Math.min(2, 0.4 * (angle + 1) + 0.4 * b!);
      return [angle, light, Math.min(10, 1 + 3 * light - 0.6 * angle + 1.5 * c!)];
    },
  },
  mixed: {
    concepts: [
      { name: 'tilt', unit: 'deg', kind: 'continuous', range: [-30, 50] },
      { name: 'lamp', unit: '', kind: 'binary', range: [0, 1], categories: ['off', 'on'] },
      {
        name: 'hue',
        unit: '',
        kind: 'categorical',
        range: [0, 2],
        categories: ['red', 'green', 'blue'],
      },
      { name: 'size', unit: '', kind: 'ordinal', range: [0, 3] },
    ],
    graph: [
      [0, 0, 0, 1],
      [0, 0, 1, 1],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ],
    row: ([a, b, c, e]: readonly number[]): number[] => {
      const lamp = Number(b! > 0.4);
      const hue = Math.floor(3 * (c! * c! * (1 - 0.5 * lamp) + 0.3 * lamp));
      return [-30 + 80 * a!, lamp, Math.min(2, hue), Math.floor(2.2 * a! + lamp * e! + 0.7 * e!)];
    },
  },
} as const;

export interface ToyOptions {
  /** Three continuous concepts (default), or a continuous, a binary, a categorical, an ordinal one. */
  readonly kind?: keyof typeof WORLDS;
  /** Training rows. Default 80. */
  readonly rows?: number;
  /** Whether one label of every fourth training row is missing (NaN). Default false. */
  readonly missing?: boolean;
  /** Weight of a training row; batches then carry weights. */
  readonly weight?: (row: number) => number;
}

/** Numbers in [0, 1) that look random and depend on their place alone. */
const noise = (row: number, column: number): number => {
  const x = Math.sin(row * 12.9898 + column * 78.233 + 3) * 43758.5453;
  return x - Math.floor(x);
};

/** A data set of 8 × 8 grey pictures whose every label shows: small enough for any test of a model. */
export function toyPictures({ kind = 'continuous', rows = 80, missing, weight }: ToyOptions = {}) {
  const { concepts, graph, row } = WORLDS[kind];
  const d = concepts.length;
  const exact = (split: string, r: number): number[] =>
    row([0, 1, 2, 3].map((c) => noise(split === 'train' ? r : 10_000 + r, c)));
  const told = (split: string, r: number): number[] =>
    exact(split, r).map((value, c) =>
      missing && split === 'train' && r % 4 === 3 && c === (r >> 2) % d ? NaN : value,
    );
  const size = (split: string): number => (split === 'train' ? rows : 16);
  const picture = (labels: readonly number[]): number[] =>
    Array.from({ length: SIDE * SIDE }, (_, p) => {
      const [y, x] = [Math.floor(p / SIDE), p % SIDE];
      const phase = concepts.reduce((sum, { range: [low, high] }, j) => {
        const unit = (labels[j]! - low) / (high - low);
        return sum + unit * (1 + ((x * (j + 1) + y * (d - j)) % 5));
      }, 0);
      return 0.5 + 0.45 * Math.sin(phase + 0.3 * x);
    });
  const batch = (split: string, chosen: readonly number[] | Int32Array) => {
    const list = [...chosen];
    const images = list.flatMap((r) => picture(exact(split, r)));
    return {
      images: tf.tensor4d(images, [list.length, SIDE, SIDE, 1]),
      labels: tf.tensor2d(list.map((r) => told(split, r))),
      ...(weight && { weights: tf.tensor1d(list.map((r) => weight(r))) }),
    };
  };
  return {
    name: `toy-${kind}`,
    concepts,
    graph,
    imageShape: [SIDE, SIDE, 1] as const,
    size,
    labels: (split: string) => Array.from({ length: size(split) }, (_, r) => told(split, r)),
    batch,
    async *batches(
      split: string,
      given: {
        batchSize: number;
        rng: { permutation(n: number): Int32Array | Uint32Array };
        from?: number;
      },
    ) {
      const order = [...given.rng.permutation(size(split))];
      const n = given.batchSize;
      for (let at = (given.from ?? 0) * n; at + n <= order.length; at += n) {
        yield batch(split, order.slice(at, at + n));
      }
    },
  };
}
