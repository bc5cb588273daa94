import { sinCos } from '../raster/trigonometry';

/** The pendulum's world: window x ∈ [0, 20], y ∈ [−1, 21], pivot, lengths, the ground's height. */
export const WINDOW = [0, 20, -1, 21] as const;
export const PIVOT_X = 10;
export const PIVOT_Y = 10.5;
const ROD_LENGTH = 8;
/** The shadow is that of a pendulum as long as the rod and the ball together. */
const SHADOW_REACH = 9.5;
export const GROUND_Y = -0.5;
export const SUN_Y = 20.5;
const SHORTEST_SHADOW = 3;

/** Centre of the ball. */
export function ballCentre(angle: number): readonly [number, number] {
  const [sin, cos] = sinCos(angle);
  return [PIVOT_X + ROD_LENGTH * sin, PIVOT_Y - ROD_LENGTH * cos];
}

/** Where the sun stands: on the line through the pivot with slope tan(light). */
export function sunX(light: number): number {
  return PIVOT_X + (SUN_Y - PIVOT_Y) * cotangent(light);
}

/**
 * The shadow that the sun throws: its length (never below 3) and its middle.
 * A point (x, y) falls on the ground at x − (y + ½)·cot(light).
 */
export function shadow(angle: number, light: number): readonly [length: number, position: number] {
  const [sin, cos] = sinCos(angle);
  const slant = cotangent(light);
  const fromPivot = PIVOT_X - (PIVOT_Y - GROUND_Y) * slant;
  const fromEnd = PIVOT_X + SHADOW_REACH * sin - (PIVOT_Y - SHADOW_REACH * cos - GROUND_Y) * slant;
  return [Math.max(SHORTEST_SHADOW, Math.abs(fromPivot - fromEnd)), (fromPivot + fromEnd) / 2];
}

/** Bounded, so that a sun on the horizon still gives finite numbers. */
function cotangent(light: number): number {
  const [sin, cos] = sinCos(light);
  return cos / (Math.abs(sin) < 1e-6 ? (sin < 0 ? -1e-6 : 1e-6) : sin);
}
