const SIDE = 28;

/** Puts a 28×28 picture amid a black square of `size`, pixel by pixel: (place in the square, value). */
export function padded(
  picture: Uint8Array,
  size: number,
  put: (index: number, value: number) => void,
): void {
  const margin = (size - SIDE) >> 1;
  for (let y = 0, i = 0; y < SIDE; y++) {
    const row = (margin + y) * size + margin;
    for (let x = 0; x < SIDE; x++, i++) put(row + x, picture[i]!);
  }
}
