import { SIDE } from './expand';
import { reduced } from './reduce';
import type { Runs } from './runs';
import { shearTo, withIntensity, withThickness } from './setters';

/** What is set on a digit. */
export interface DigitLabels {
  readonly thickness: number;
  readonly intensity: number;
  /** Radians; undefined leaves the digit as it leans. */
  readonly slant?: number | undefined;
}

/**
 * A digit with its labels set, as deepscm makes them: thickness, then slant, both on the enlarged
 * shape, made small once, then intensity.
 * @param measured The shape's own thickness.
 * @returns 784 grey levels; black where nothing is left of the strokes.
 */
export function drawDigit(shape: Runs, measured: number, labels: DigitLabels): Uint8Array {
  const changed = withThickness(shape, measured, labels.thickness);
  if (changed.ends.length === 0) return new Uint8Array(SIDE * SIDE);
  const shear = labels.slant === undefined ? 0 : shearTo(changed, labels.slant);
  return withIntensity(reduced(changed, shear), labels.intensity);
}
