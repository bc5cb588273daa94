import { createRng, type Rng } from '@causal/random';
import type { Concept, GeneratedDataset, Matrix } from '../dataset';
import { createGenerated } from '../generated';
import { checkGrid, dealCauses, type GridOptions } from '../grid-options';
import { drawLook, NEUTRAL_LOOK } from '../look';
import { spans } from '../ranges';
import { Figure } from '../raster/figure';
import { eachSplit } from '../splits';
import { drawPendulum } from './draw';
import { shadow, WINDOW } from './geometry';

/** Options of {@link pendulum}. */
export type PendulumOptions = GridOptions;

const STEP = Math.PI / 200;
const FIRST_ANGLE = -40;
const LAST_ANGLE = 43;
const FIRST_LIGHT = 60;
const LAST_LIGHT = 147;
/** At j = 100 the released generator would have divided by an infinite slope. */
const LEFT_OUT_LIGHT = 100;
const RELEASED_TRAIN = 5482;

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
  checkGrid('pendulum', options);
  const { size = 64, seed = 1, framing = 'tight' } = options;
  const grid = releasedGrid();
  const rng = createRng(seed).split('pendulum');
  const causes = dealCauses('pendulum', options, grid, RELEASED_TRAIN, drawCauses, rng);
  const figure = new Figure(size, framing, WINDOW);
  return createGenerated(
    {
      name: 'pendulum',
      concepts: concepts(grid.map(complete)),
      graph: GRAPH,
      mechanisms: [
        undefined,
        undefined,
        ([angle, light]) => shadow(angle!, light!)[0],
        ([angle, light]) => shadow(angle!, light!)[1],
      ],
      imageShape: [size, size, 3],
      neutralLook: NEUTRAL_LOOK,
      drawLook: (stream) => drawLook(options, stream),
      draw(labels, look, out, offset) {
        drawPendulum(figure, labels, look);
        figure.canvas.toBytes(out, offset);
      },
    },
    eachSplit((split) => causes[split].map(complete)),
    options,
  );
}

type Causes = readonly [angle: number, light: number];

function complete([angle, light]: Causes): number[] {
  return [angle, light, ...shadow(angle, light)];
}

function releasedGrid(): Causes[] {
  const grid: Causes[] = [];
  for (let i = FIRST_ANGLE; i <= LAST_ANGLE; i++) {
    for (let j = FIRST_LIGHT; j <= LAST_LIGHT; j++) {
      if (j !== LEFT_OUT_LIGHT) grid.push([i * STEP, j * STEP]);
    }
  }
  return grid;
}

function drawCauses(rng: Rng): Causes {
  const angle = (FIRST_ANGLE + (LAST_ANGLE - FIRST_ANGLE) * rng.uniform()) * STEP;
  return [angle, (FIRST_LIGHT + (LAST_LIGHT - FIRST_LIGHT) * rng.uniform()) * STEP];
}

function concepts(rows: Matrix): Concept[] {
  const [angle, light, length, position] = spans(rows);
  return [
    { name: 'angle', unit: 'rad', kind: 'continuous', range: angle! },
    { name: 'light', unit: 'rad', kind: 'continuous', range: light! },
    { name: 'length', unit: 'window units', kind: 'continuous', range: length! },
    { name: 'position', unit: 'window units', kind: 'continuous', range: position! },
  ];
}
