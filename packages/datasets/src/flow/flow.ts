import { createRng, type Rng } from '@causal/random';
import type { Concept, GeneratedDataset, Matrix } from '../dataset';
import { createGenerated } from '../generated';
import { checkGrid, dealCauses, type GridOptions } from '../grid-options';
import { drawLook, NEUTRAL_LOOK } from '../look';
import { spans } from '../ranges';
import { Figure } from '../raster/figure';
import { eachSplit } from '../splits';
import { drawFlow, WINDOW } from './draw';

/** Options of {@link flow}. */
export type FlowOptions = GridOptions;

const RELEASED_TRAIN = 6480;
const JET_NOISE = 0.01;

/** ball → height, height → flow, hole → flow. */
const GRAPH: Matrix = [
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 0],
  [0, 0, 1, 0],
];

/**
 * A ball in a cup of water with a hole (Yang et al. 2021, CausalVAE, §6.1), drawn with exact
 * labels: radius of the `ball`, `height` of the water (ball³ + what was there before), strength of
 * the `flow` (√(1.96·height·(hole − ½))), height of the `hole`; all in window units, the window
 * being 20 wide. The ball raises the water; water and hole decide the flow.
 *
 * The released grid has 30 × 30 × 9 = 8,100 combinations; by default 6,480 are for training and
 * 1,620 for testing. In the released files half of the test labels occur in training too; here
 * none does.
 *
 * @throws TypeError for an unknown option, RangeError for a value out of range.
 */
export function flow(options: FlowOptions = {}): GeneratedDataset {
  checkGrid('flow', options);
  const { size = 64, seed = 1, framing = 'tight' } = options;
  const grid = releasedGrid();
  const rng = createRng(seed).split('flow');
  const causes = dealCauses('flow', options, grid, RELEASED_TRAIN, drawCauses, rng);
  const figure = new Figure(size, framing, WINDOW);
  return createGenerated(
    {
      name: 'flow',
      concepts: concepts(grid.map(complete)),
      graph: GRAPH,
      mechanisms: [
        undefined,
        // The water that was there before the ball is the noise of this mechanism.
        (next, observed) => observed[1]! + cube(next[0]!) - cube(observed[0]!),
        (next) => flowOf(next[1]!, next[3]!),
        undefined,
      ],
      imageShape: [size, size, 3],
      neutralLook: [...NEUTRAL_LOOK, JET_NOISE],
      drawLook: (stream) => [
        ...drawLook(options, stream),
        JET_NOISE * Math.max(Math.abs(stream.normal()), 1),
      ],
      draw(labels, look, out, offset) {
        drawFlow(figure, labels, look, look[NEUTRAL_LOOK.length]!);
        figure.canvas.toBytes(out, offset);
      },
    },
    eachSplit((split) => causes[split].map(complete)),
    options,
  );
}

/** Torricelli's law as the released data has it; no water above the hole gives no flow. */
function flowOf(height: number, hole: number): number {
  return Math.sqrt(Math.max(0, 1.96 * height * (hole - 0.5)));
}

type Causes = readonly [ball: number, waterBefore: number, hole: number];

function complete([ball, waterBefore, hole]: Causes): number[] {
  const height = cube(ball) + waterBefore;
  return [ball, height, flowOf(height, hole), hole];
}

function releasedGrid(): Causes[] {
  const grid: Causes[] = [];
  for (let r = 5; r <= 34; r++) {
    for (let h = 10; h <= 39; h++) {
      for (let k = 6; k <= 14; k++) grid.push([r / 30, h / 10, k / 3]);
    }
  }
  return grid;
}

function drawCauses(rng: Rng): Causes {
  return [
    (5 + 29 * rng.uniform()) / 30,
    (10 + 29 * rng.uniform()) / 10,
    (6 + 8 * rng.uniform()) / 3,
  ];
}

function concepts(rows: Matrix): Concept[] {
  const [ball, height, flowRange, hole] = spans(rows);
  return [
    { name: 'ball', unit: 'window units', kind: 'continuous', range: ball! },
    { name: 'height', unit: 'window units', kind: 'continuous', range: height! },
    { name: 'flow', unit: 'window units', kind: 'continuous', range: flowRange! },
    { name: 'hole', unit: 'window units', kind: 'continuous', range: hole! },
  ];
}

/** Not `** 3`: engines may round a power differently. */
function cube(x: number): number {
  return x * x * x;
}
