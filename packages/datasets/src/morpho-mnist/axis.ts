import { squaredDistance } from './distance';
import { medialAxis } from './medial-axis';

/**
 * Thickness (twice the mean distance to the background) and length (diagonal steps √2) of a shape's
 * medial axis, in pixels of the picture before it was enlarged.
 * @param shape 1 where set, `side` × `side`; not empty.
 */
export function axisOf(
  shape: Uint8Array,
  side: number,
  scale: number,
): { readonly thickness: number; readonly length: number } {
  const { binary, width, height } = framed(shape, side);
  const squared = squaredDistance(binary, width, height);
  const axis = medialAxis(binary, squared, width);
  let [count, distance, length] = [0, 0, 0];
  for (let i = 0; i < axis.length; i++) {
    if (!axis[i]) continue;
    count++;
    distance += Math.sqrt(squared[i]!);
    length += axis[i + 1]! + axis[i + width]!;
    length += Math.SQRT2 * (axis[i + width - 1]! + axis[i + width + 1]!);
  }
  return { thickness: (2 * distance) / count / scale, length: length / scale };
}

/** The shape cut out, with a frame of background one pixel wide. */
function framed(
  shape: Uint8Array,
  side: number,
): { readonly binary: Uint8Array; readonly width: number; readonly height: number } {
  let [left, right, top, bottom] = [side, 0, side, 0];
  for (let y = 0; y < side; y++) {
    const row = shape.subarray(y * side, (y + 1) * side);
    const first = row.indexOf(1);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.max(right, row.lastIndexOf(1) + 1);
    top = Math.min(top, y);
    bottom = y + 1;
  }
  const width = right - left + 2;
  const height = bottom - top + 2;
  const binary = new Uint8Array(width * height);
  for (let y = top; y < bottom; y++) {
    binary.set(shape.subarray(y * side + left, y * side + right), (y - top + 1) * width + 1);
  }
  return { binary, width, height };
}
