import { sinCos } from './trigonometry';

/** How a stroke ends: at its last point, or half its width beyond. */
export type Cap = 'butt' | 'projecting';

const unitCircles = new Map<number, Float64Array>();

/** Corners of a regular polygon with the area of the unit circle. */
function unitCircle(corners: number): Float64Array {
  let points = unitCircles.get(corners);
  if (!points) {
    const step = (2 * Math.PI) / corners;
    const radius = Math.sqrt(step / sinCos(step)[0]);
    points = new Float64Array(2 * corners);
    for (let k = 0; k < corners; k++) {
      const [sin, cos] = sinCos(k * step);
      points[2 * k] = radius * cos;
      points[2 * k + 1] = radius * sin;
    }
    unitCircles.set(corners, points);
  }
  return points;
}

/** An axis-parallel ellipse as a polygon of the same area, nowhere more than .005 pixels off. */
export function ellipse(cx: number, cy: number, rx: number, ry: number): Float64Array {
  // A polygon of equal area with n corners is off by at most about r·(π/n)²/3.
  const wanted = Math.PI * Math.sqrt(Math.max(rx, ry) / 0.015);
  const unit = unitCircle(8 * Math.min(64, Math.max(2, Math.ceil(wanted / 8))));
  const points = new Float64Array(unit.length);
  for (let i = 0; i < unit.length; i += 2) {
    points[i] = cx + rx * unit[i]!;
    points[i + 1] = cy + ry * unit[i + 1]!;
  }
  return points;
}

/** The outline of a line through the points, `width` thick, with mitred joins (bevelled when sharp). */
export function stroke(points: ArrayLike<number>, width: number, cap: Cap): number[] {
  const path = withoutRepeats(points);
  const last = path.length / 2 - 1;
  if (last < 1) return [];
  const half = width / 2;
  const leftSide: number[] = [];
  const rightSide: number[] = [];
  let [ux, uy] = direction(path, 0);
  for (let k = 0; k <= last; k++) {
    const [vx, vy] = k < last ? direction(path, k) : [ux, uy];
    let x = path[2 * k]!;
    let y = path[2 * k + 1]!;
    if (cap === 'projecting' && (k === 0 || k === last)) {
      const sign = k === 0 ? -half : half;
      x += sign * vx;
      y += sign * vy;
    }
    // Both normals have length 1; their sum points along the mitre.
    const mx = -(uy + vy);
    const my = ux + vx;
    const length2 = mx * mx + my * my;
    if (length2 > 1) {
      const scale = (2 * half) / length2;
      leftSide.push(x + mx * scale, y + my * scale);
      rightSide.push(x - mx * scale, y - my * scale);
    } else {
      leftSide.push(x - uy * half, y + ux * half, x - vy * half, y + vx * half);
      rightSide.push(x + uy * half, y - ux * half, x + vy * half, y - vx * half);
    }
    ux = vx;
    uy = vy;
  }
  for (let i = rightSide.length - 2; i >= 0; i -= 2) {
    leftSide.push(rightSide[i]!, rightSide[i + 1]!);
  }
  return leftSide;
}

function direction(path: readonly number[], k: number): readonly [number, number] {
  const dx = path[2 * k + 2]! - path[2 * k]!;
  const dy = path[2 * k + 3]! - path[2 * k + 1]!;
  const length = Math.sqrt(dx * dx + dy * dy);
  return [dx / length, dy / length];
}

function withoutRepeats(points: ArrayLike<number>): number[] {
  const path: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const n = path.length;
    if (n > 0 && path[n - 2] === points[i] && path[n - 1] === points[i + 1]) continue;
    path.push(points[i]!, points[i + 1]!);
  }
  return path;
}
