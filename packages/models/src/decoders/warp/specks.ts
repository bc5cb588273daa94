import { nearestActive } from './nearest-active';

/** A piece of a block with less than this part of its largest piece's variance is a speck. */
const SPECK = 0.1;

/**
 * Gives specks to their surroundings: small pieces of a block far from its main piece come from
 * noise in the scores (a column at the edge of the picture, say), and a pixel painted by the wrong
 * block is what do() of another concept then moves.
 * @param marks Block of each pixel, none −1.
 * @param mass Variance of each pixel.
 */
export function withoutSpecks(marks: Int32Array, mass: Float64Array, width: number): Int32Array {
  const piece = new Int32Array(marks.length).fill(-1);
  const masses: number[] = [];
  const blockOf: number[] = [];
  for (let start = 0; start < marks.length; start++) {
    if (piece[start]! >= 0) continue;
    const id = masses.length;
    let sum = 0;
    const open = [start];
    piece[start] = id;
    while (open.length > 0) {
      const p = open.pop()!;
      sum += mass[p]!;
      const x = p % width;
      const around = [x > 0 ? p - 1 : -1, x < width - 1 ? p + 1 : -1, p - width, p + width];
      for (const q of around) {
        if (q < 0 || q >= marks.length || piece[q]! >= 0 || marks[q] !== marks[p]) continue;
        piece[q] = id;
        open.push(q);
      }
    }
    masses.push(sum);
    blockOf.push(marks[start]!);
  }
  const largest = new Map<number, number>();
  masses.forEach((sum, id) => {
    largest.set(blockOf[id]!, Math.max(sum, largest.get(blockOf[id]!) ?? 0));
  });
  const cleaned = marks.map((mark, p) =>
    masses[piece[p]!]! < SPECK * largest.get(mark)! ? -1 : mark,
  );
  return nearestActive(cleaned, width);
}
