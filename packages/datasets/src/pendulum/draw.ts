import { background, ballColour, type Look } from '../look';
import type { Colour } from '../raster/canvas';
import type { Figure } from '../raster/figure';
import { ballCentre, GROUND_Y, PIVOT_X, PIVOT_Y, SUN_Y, sunX } from './geometry';

const BALL_RADIUS = 1.5;
const SUN_RADIUS = 3;
const LINE_POINTS = 3;
const BLACK: Colour = [0, 0, 0];
const ORANGE: Colour = [1, 165 / 255, 0];

/** Paints one pendulum; the shadow is drawn as the labels say, whether or not it can be true. */
export function drawPendulum(
  figure: Figure,
  [angle, light, length, position]: readonly number[],
  look: Look,
): void {
  const [x, y] = ballCentre(angle!);
  figure.clear(background(look));
  figure.disc(sunX(light!), SUN_Y, SUN_RADIUS, ORANGE);
  figure.line([PIVOT_X, PIVOT_Y, x, y], LINE_POINTS, BLACK);
  figure.disc(x, y, BALL_RADIUS, ballColour(look));
  const half = length! / 2;
  figure.line([position! - half, GROUND_Y, position! + half, GROUND_Y], LINE_POINTS, BLACK);
}
