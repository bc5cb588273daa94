/** Middle and second central moments of a grey picture. */
export interface Moments {
  readonly x: number;
  readonly y: number;
  readonly mass: number;
  /** u₁₁ / u₀₂: how far the picture leans, x per y (y points down). */
  readonly shear: number;
}

/** @param weight The picture's grey values, row by row. */
export function momentsOf(weight: Uint8Array, width: number, height: number): Moments {
  let [mass, mx, my, mxy, myy] = [0, 0, 0, 0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    let [row, rowX] = [0, 0];
    for (let x = 0; x < width; x++, i++) {
      row += weight[i]!;
      rowX += weight[i]! * x;
    }
    mass += row;
    mx += rowX;
    my += row * y;
    mxy += rowX * y;
    myy += row * y * y;
  }
  const x = mx / mass;
  const y = my / mass;
  return { mass, x, y, shear: (mxy / mass - x * y) / (myy / mass - y * y) };
}
