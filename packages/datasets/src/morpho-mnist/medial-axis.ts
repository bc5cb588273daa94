/** Which of the 512 pictures of 3×3 pixels (bit k set: pixel k of reading order) keep their middle. */
const KEPT = Uint8Array.from({ length: 512 }, (_, pattern) => Number(keepsMiddle(pattern)));
/** How many of a pattern's pixels are background. */
const CORNERS = Uint8Array.from({ length: 512 }, (_, pattern) => 9 - bitsSet(pattern));

/**
 * The medial axis of a shape: its pixels in the order of their distance to the background, those
 * with more background around them later, each taken away unless that would split or end a line. What
 * stays is the ridge of the distance, as connected as the shape and one pixel wide (scikit-image's
 * `medial_axis`; equals are taken in reading order, where it draws lots).
 * @param binary 1 where set, row by row; its outermost pixels must not be set.
 * @param squared Squared distances to the background, whole numbers.
 * @returns 1 on the axis.
 */
export function medialAxis(binary: Uint8Array, squared: Int32Array, width: number): Uint8Array {
  const skeleton = binary.slice();
  const order = thinningOrder(binary, squared, width);
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!;
    if (!KEPT[patternAt(skeleton, i, width)]) skeleton[i] = 0;
  }
  return skeleton;
}

/** Set pixels by distance, then by how much background is around them, then in reading order. */
function thinningOrder(binary: Uint8Array, squared: Int32Array, width: number): Int32Array {
  const pixels = new Int32Array(binary.length);
  const keys = new Int32Array(binary.length);
  let [count, highest] = [0, 0];
  for (let i = 0; i < binary.length; i++) {
    if (!binary[i]) continue;
    // Farther than √2 from the background, all around is set.
    const corners = squared[i]! > 2 ? 0 : CORNERS[patternAt(binary, i, width)]!;
    const key = squared[i]! * 9 + corners;
    pixels[count] = i;
    keys[count++] = key;
    if (key > highest) highest = key;
  }
  // Keys are small whole numbers: sorting is counting.
  const starts = new Int32Array(highest + 2);
  for (let k = 0; k < count; k++) starts[keys[k]! + 1]!++;
  for (let k = 1; k < starts.length; k++) starts[k]! += starts[k - 1]!;
  const order = new Int32Array(count);
  for (let k = 0; k < count; k++) order[starts[keys[k]!]!++] = pixels[k]!;
  return order;
}

function patternAt(binary: Uint8Array, i: number, width: number): number {
  return (
    binary[i - width - 1]! |
    (binary[i - width]! << 1) |
    (binary[i - width + 1]! << 2) |
    (binary[i - 1]! << 3) |
    (binary[i]! << 4) |
    (binary[i + 1]! << 5) |
    (binary[i + width - 1]! << 6) |
    (binary[i + width]! << 7) |
    (binary[i + width + 1]! << 8)
  );
}

/**
 * The middle stays if the number of connected parts would change without it (so the only pixel of a
 * part, or a bridge), or if it has no more than one neighbour: an end.
 */
function keepsMiddle(pattern: number): boolean {
  if (!(pattern & (1 << 4))) return false;
  return bitsSet(pattern) < 3 || parts(pattern) !== parts(pattern & ~(1 << 4));
}

/** Connected parts of a 3×3 picture, diagonals included. */
function parts(pattern: number): number {
  let left = pattern;
  let count = 0;
  while (left) {
    let part = left & -left;
    for (let before = 0; before !== part;) {
      before = part;
      for (let k = 0; k < 9; k++) if (part & (1 << k)) part |= left & neighbours(k);
    }
    left &= ~part;
    count++;
  }
  return count;
}

function neighbours(k: number): number {
  const [x, y] = [k % 3, Math.floor(k / 3)];
  let mask = 0;
  for (let j = 0; j < 9; j++) {
    if (Math.abs((j % 3) - x) <= 1 && Math.abs(Math.floor(j / 3) - y) <= 1) mask |= 1 << j;
  }
  return mask;
}

function bitsSet(pattern: number): number {
  let count = 0;
  for (let rest = pattern; rest; rest &= rest - 1) count++;
  return count;
}
