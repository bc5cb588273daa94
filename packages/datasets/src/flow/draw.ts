import { background, ballColour, type Look } from '../look';
import type { Colour } from '../raster/canvas';
import type { Figure } from '../raster/figure';

export const WINDOW = [0, 20, 0, 20] as const;
const CUP_LEFT = 3;
const CUP_RIGHT = 8;
const CUP_TOP = 19;
/** The water stands this much above its label. */
const WATER_BASE = 5;
const BALL_X = 5.5;
const FLOOR = 0.5;
const HOLE_WIDTH = 0.4;
const GROUND_Y = 0.2;
const LINE_POINTS = 2;
const JET_PIECES = 24;
const BLACK: Colour = [0, 0, 0];
const WATER: Colour = [135 / 255, 206 / 255, 250 / 255];

/**
 * Paints one cup with a ball, water and a jet. The jet is drawn as the labels `flow` and `hole`
 * say, whether or not the water stands high enough for it.
 * @param jetNoise The ε by which the released pictures' jets reach a little further:
 * x = 8 + √(2(.98 + ε)·height·(hole − y)), which is 8 + flow·√((.98 + ε)/.98)·t at
 * y = hole − (hole − ½)·t².
 */
export function drawFlow(
  figure: Figure,
  [ball, height, flow, hole]: readonly number[],
  look: Look,
  jetNoise: number,
): void {
  figure.clear(background(look));
  const level = WATER_BASE + height!;
  if (level > 0) figure.rectangle(CUP_LEFT, 0, CUP_RIGHT - CUP_LEFT, level, WATER);
  if (ball! > 0) figure.disc(BALL_X, ball! + FLOOR, ball!, ballColour(look));
  figure.line([CUP_LEFT, 0, CUP_LEFT, CUP_TOP], LINE_POINTS, BLACK);
  figure.line([CUP_RIGHT, 0, CUP_RIGHT, hole!], LINE_POINTS, BLACK);
  figure.line([CUP_RIGHT, hole! + HOLE_WIDTH, CUP_RIGHT, CUP_TOP], LINE_POINTS, BLACK);
  const reach = flow! * Math.sqrt((0.98 + jetNoise) / 0.98);
  const jet: number[] = [];
  for (let k = 0; k <= JET_PIECES; k++) {
    const t = k / JET_PIECES;
    jet.push(CUP_RIGHT + reach * t, hole! - (hole! - FLOOR) * t * t);
  }
  figure.line(jet, LINE_POINTS, WATER, 'projecting');
  figure.line([-1, GROUND_Y, 21, GROUND_Y], LINE_POINTS, BLACK);
}
