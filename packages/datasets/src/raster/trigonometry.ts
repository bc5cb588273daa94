const HALF_PI = Math.PI / 2;
/** π/2 − {@link HALF_PI}: what rounding π/2 to a double leaves out. */
const HALF_PI_REST = 6.123233995736766e-17;

/**
 * sin(x) and cos(x) from additions and multiplications only (error below 1e-15 for |x| ≤ 1e4).
 * Math.sin may differ in its last bit between JavaScript engines; drawings must not.
 */
export function sinCos(x: number): readonly [number, number] {
  const turns = Math.round(x / HALF_PI);
  const t = x - turns * HALF_PI - turns * HALF_PI_REST;
  const s = -t * t;
  // Taylor series on |t| ≤ π/4: the first terms left out are below 3e-17.
  let sin = 1;
  for (let k = 16; k >= 2; k -= 2) sin = 1 + (s * sin) / (k * (k + 1));
  let cos = 1;
  for (let k = 16; k >= 2; k -= 2) cos = 1 + (s * cos) / (k * (k - 1));
  sin *= t;
  const quarter = ((turns % 4) + 4) % 4;
  if (quarter === 0) return [sin, cos];
  if (quarter === 1) return [cos, -sin];
  if (quarter === 2) return [-sin, -cos];
  return [-cos, sin];
}
