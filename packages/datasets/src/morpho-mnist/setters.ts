import { checkDigit } from './check-digit';
import { intensityOf } from './measure';
import { reduced } from './reduce';
import { dilated, eroded, leanOf, type Runs } from './runs';
import { SCALE, shapeOf, shapeThickness } from './shape';

/**
 * A digit with strokes of another thickness (Castro et al. 2019; Pawlowski et al. 2020): sixteen
 * times enlarged, black or white by half its range, then grown or worn by a disc of radius
 * ⌊16·|t − measured|/2⌋, made small again. The result has full contrast: set its intensity
 * afterwards. Strokes that are thinner than what is to be worn off vanish.
 * @param image 28×28 numbers in 0–255, row by row.
 * @param thickness In pixels, as {@link measureDigit} measures it, 0 to 28.
 * @returns 784 whole grey levels.
 * @throws RangeError for another picture, one of one grey, or another thickness.
 */
export function setThickness(image: ArrayLike<number>, thickness: number): Uint8Array {
  const shape = requireShape('setThickness', image);
  checkRange('setThickness', 'thickness', thickness, 0, 28);
  return reduced(withThickness(shape, shapeThickness(shape), thickness));
}

/**
 * A digit leaning by an angle: sixteen times enlarged, black or white by half its range, sheared about
 * its middle until u₁₁/u₀₂ = −tan(slant), made small again. The result has full contrast: set its
 * intensity afterwards.
 * @param image 28×28 numbers in 0–255, row by row.
 * @param slant Radians, positive to the right, below π/2 in size.
 * @returns 784 whole grey levels.
 * @throws RangeError for another picture, one of one grey, or another angle.
 */
export function setSlant(image: ArrayLike<number>, slant: number): Uint8Array {
  const shape = requireShape('setSlant', image);
  checkRange('setSlant', 'slant', slant, -1.5, 1.5);
  return reduced(shape, shearTo(shape, slant));
}

/**
 * A digit of another brightness: multiplied so that the median of its pixels at or above mid-range
 * becomes `intensity`, held to 255, cut to whole levels.
 * @param image 28×28 numbers in 0–255, row by row.
 * @param intensity 0–255.
 * @returns 784 whole grey levels; a black picture stays black.
 * @throws RangeError for another picture or another intensity.
 */
export function setIntensity(image: ArrayLike<number>, intensity: number): Uint8Array {
  checkDigit('setIntensity', image);
  checkRange('setIntensity', 'intensity', intensity, 0, 255);
  return withIntensity(image, intensity);
}

/** @param measured The shape's own thickness. */
export function withThickness(shape: Runs, measured: number, thickness: number): Runs {
  const change = thickness - measured;
  const radius = Math.trunc((SCALE * Math.abs(change)) / 2);
  if (radius === 0) return shape;
  return change > 0 ? dilated(shape, radius) : eroded(shape, radius);
}

/** How much a shape must be sheared to lean by an angle. */
export function shearTo(shape: Runs, slant: number): number {
  return -Math.tan(slant) - (leanOf(shape)?.shear ?? 0);
}

export function withIntensity(image: ArrayLike<number>, intensity: number): Uint8Array {
  const own = intensityOf(image);
  const factor = own > 0 ? intensity / own : 0;
  return Uint8Array.from(image, (v) => Math.trunc(Math.min(255, v * factor) + 1e-9));
}

function requireShape(caller: string, image: ArrayLike<number>): Runs {
  checkDigit(caller, image);
  const shape = shapeOf(image);
  if (shape) return shape;
  throw new RangeError(`${caller}: the picture is of one grey; there is no digit to change.`);
}

function checkRange(caller: string, name: string, value: number, low: number, high: number): void {
  if (value >= low && value <= high) return;
  throw new RangeError(`${caller}: ${name} must be from ${low} to ${high}, got ${value}.`);
}
