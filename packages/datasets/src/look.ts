import type { Rng } from '@causal/random';
import type { GridOptions } from './grid-options';
import type { Colour } from './raster/canvas';

/** Grey shade of the background, red, green and blue of the ball. */
export type Look = readonly number[];

const FIREBRICK = [178 / 255, 34 / 255, 34 / 255];
export const NEUTRAL_LOOK: Look = [1, ...FIREBRICK];

/** The look of one image; the same draws are made whichever options are on. */
export function drawLook(options: GridOptions, rng: Rng): Look {
  const shade = 0.7 + 0.3 * rng.uniform();
  const ball = [rng.uniform() * 0.8, rng.uniform() * 0.8, rng.uniform() * 0.8];
  return [options.varyBackground ? shade : 1, ...(options.varyBall ? ball : FIREBRICK)];
}

export function background(look: Look): Colour {
  return [look[0]!, look[0]!, look[0]!];
}

export function ballColour(look: Look): Colour {
  return [look[1]!, look[2]!, look[3]!];
}
