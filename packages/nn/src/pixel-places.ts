/** Pixel places [height·width, 2] as (x, y) in [−1, 1]², row by row. */
export function pixelPlaces(height: number, width: number): Float32Array {
  const places = new Float32Array(height * width * 2);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = 2 * (row * width + column);
      places[at] = width > 1 ? (2 * column) / (width - 1) - 1 : 0;
      places[at + 1] = height > 1 ? (2 * row) / (height - 1) - 1 : 0;
    }
  }
  return places;
}
