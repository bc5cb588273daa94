import { createRng, type Rng } from '@causal/random';
import type { Concept, GeneratedDataset, Matrix } from '../dataset';
import { createGenerated, type Rows } from '../generated';
import { checkInteger, checkKeys } from '../options';
import { Figure, type Framing } from '../raster/figure';
import type { Colour } from '../raster/canvas';
import { dealRows, eachSplit, resolveSizes, type SplitSizes } from '../splits';
import { drawPendulum } from './draw';
import { shadow, WINDOW } from './geometry';

export interface PendulumOptions extends SplitSizes {
  /** Width and height in pixels, 8 to 1024. Default 64. */
  readonly size?: number;
  /** Decides which images are in which split (and the parameters where `continuous`). Default 1. */
  readonly seed?: number;
  /** `'tight'` (default) fills the picture; `'released'` has the released data's white margins. */
  readonly framing?: Framing;
  /** Use only this many images of the grid (drawn by the seed), split in the default proportion. */
  readonly limit?: number;
  /** Draw both angles uniformly from their ranges instead of from the released grid. Default false. */
  readonly continuous?: boolean;
  /** Most memory, in bytes, for pictures that were drawn already; 0 draws each time. Default 128 MiB. */
  readonly cacheBytes?: number;
}

const KEYS = [
  'size', 'seed', 'framing', 'limit', 'continuous', 'cacheBytes', 'train', 'validation', 'test',
]; // prettier-ignore
const STEP = Math.PI / 200;
const FIRST_ANGLE = -40;
const LAST_ANGLE = 43;
const FIRST_LIGHT = 60;
const LAST_LIGHT = 147;
/** At j = 100 the released generator would have divided by an infinite slope. */
const LEFT_OUT_LIGHT = 100;
const RELEASED_TRAIN = 5482;
const WHITE: Colour = [1, 1, 1];
const FIREBRICK: Colour = [178 / 255, 34 / 255, 34 / 255];

/** angle → length, angle → position, light → length, light → position. */
const GRAPH: Matrix = [
  [0, 0, 1, 1],
  [0, 0, 1, 1],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
];

/**
 * A pendulum, a light and the shadow on the ground (Yang et al. 2021, CausalVAE, §6.1), drawn with
 * exact labels: `angle` of the pendulum and `light` (rad), `length` and `position` of the shadow
 * (window units, the window being 20 wide). Both angles cause both features of the shadow.
 *
 * The released grid has 84 × 87 = 7,308 images; by default 5,482 are for training and 1,826 for
 * testing as in the released data, here with no label in two splits.
 *
 * @throws TypeError for an unknown option, RangeError for a value out of range.
 */
export function pendulum(options: PendulumOptions = {}): GeneratedDataset {
  checkKeys('pendulum', options, KEYS);
  const { size = 64, seed = 1, framing = 'tight', continuous = false } = options;
  const { cacheBytes = 2 ** 27 } = options;
  checkInteger('pendulum: size', size, 8, 1024);
  if (framing !== 'tight' && framing !== 'released') {
    throw new RangeError(
      `pendulum: framing must be 'tight' or 'released', got '${String(framing)}'.`,
    );
  }
  const { limit = Infinity } = options;
  if (limit !== Infinity) checkInteger('pendulum: limit', limit, 1, 1e9);
  const grid = releasedGrid();
  const total = continuous ? limit : Math.min(limit, grid.length);
  const base = Math.min(total, grid.length);
  const train = Math.round((RELEASED_TRAIN * base) / grid.length);
  const defaults = { train, validation: 0, test: base - train };
  const sizes = resolveSizes('pendulum', options, defaults, total);

  const rng = createRng(seed).split('pendulum');
  const causes = continuous
    ? eachSplit((split) => drawCauses(sizes[split], rng.split(`parameters/${split}`)))
    : dealRows(grid, sizes, rng.split('split'));
  const rows = eachSplit((split): Rows => {
    const labels = causes[split].map(([angle, light]) => [angle, light, ...shadow(angle, light)]);
    return { exact: labels, told: labels };
  });
  const figure = new Figure(size, framing, WINDOW);
  return createGenerated(
    {
      name: 'pendulum',
      concepts: concepts(grid),
      graph: GRAPH,
      mechanisms: [
        undefined,
        undefined,
        ([angle, light]) => shadow(angle!, light!)[0],
        ([angle, light]) => shadow(angle!, light!)[1],
      ],
      imageShape: [size, size, 3],
      draw([angle, light, length, position], out, offset) {
        drawPendulum(figure, angle!, light!, length!, position!, WHITE, FIREBRICK);
        figure.canvas.toBytes(out, offset);
      },
    },
    rows,
    cacheBytes,
  );
}

type Causes = readonly [angle: number, light: number];

function releasedGrid(): Causes[] {
  const grid: Causes[] = [];
  for (let i = FIRST_ANGLE; i <= LAST_ANGLE; i++) {
    for (let j = FIRST_LIGHT; j <= LAST_LIGHT; j++) {
      if (j !== LEFT_OUT_LIGHT) grid.push([i * STEP, j * STEP]);
    }
  }
  return grid;
}

function drawCauses(count: number, rng: Rng): Causes[] {
  return Array.from({ length: count }, () => {
    const angle = (FIRST_ANGLE + (LAST_ANGLE - FIRST_ANGLE) * rng.uniform()) * STEP;
    return [angle, (FIRST_LIGHT + (LAST_LIGHT - FIRST_LIGHT) * rng.uniform()) * STEP] as const;
  });
}

function concepts(grid: readonly Causes[]): Concept[] {
  const shadows = grid.map(([angle, light]) => shadow(angle, light));
  const span = (values: readonly number[]): readonly [number, number] => [
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
  ];
  return [
    { name: 'angle', unit: 'rad', kind: 'continuous', range: span(grid.map((g) => g[0])) },
    { name: 'light', unit: 'rad', kind: 'continuous', range: span(grid.map((g) => g[1])) },
    {
      name: 'length',
      unit: 'window units',
      kind: 'continuous',
      range: span(shadows.map((s) => s[0])),
    },
    {
      name: 'position',
      unit: 'window units',
      kind: 'continuous',
      range: span(shadows.map((s) => s[1])),
    },
  ];
}
