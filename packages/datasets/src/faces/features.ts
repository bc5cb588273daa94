import { ellipse } from '../raster/shapes';
import { type Face, mix, withAlpha } from './face';
import { curve, type Pen, reversed } from './pen';

const EYE_Y = -0.06;
const EYE_X = 0.2;
const MOUTH_Y = 0.37;

export function drawEyes(pen: Pen, face: Face): void {
  const open = Math.min(1.2, Math.max(0, face.eyes));
  const rx = 0.108;
  const ry = 0.014 + 0.066 * open;
  const dark = mix(face.hair, [0, 0, 0], 0.75);
  const female = 1 - face.gender;
  for (const side of [-1, 1]) {
    const x = face.turn + side * EYE_X;
    pen.ellipse(x, EYE_Y, rx + 0.015, ry + 0.025, withAlpha(face.shadow, 0.6));
    pen.ellipse(x, EYE_Y, rx, ry, [0.97, 0.97, 0.97]);
    pen.shape(iris(x + 0.25 * face.turn, x, rx, ry, 0.062), [0.22, 0.3, 0.38]);
    pen.shape(iris(x + 0.25 * face.turn, x, rx, ry, 0.032), [0.03, 0.03, 0.03]);
    const lid = curve(x - rx, EYE_Y + 0.005, x, EYE_Y - 2 * ry, x + rx, EYE_Y + 0.005);
    pen.line(lid, 0.022 + 0.018 * female, dark);
    const outer = x + side * rx;
    pen.line([outer, EYE_Y, outer + side * 0.03, EYE_Y - 0.03], 0.025 * female, dark);
    const brow = EYE_Y - 0.13 - 0.035 * open;
    pen.line(
      curve(x - 0.12, brow + 0.02, x - side * 0.01, brow - 0.045, x + 0.12, brow + 0.02),
      0.028 + 0.035 * face.gender,
      withAlpha(mix(face.hair, [0, 0, 0], 0.35), 0.95),
    );
  }
}

/** A disc of the eye, its points held inside the opening (an ellipse around (cx, EYE_Y)). */
function iris(x: number, cx: number, rx: number, ry: number, radius: number): Float64Array {
  const points = ellipse(0, 0, 12, 12);
  for (let i = 0; i < points.length; i += 2) {
    const px = x + (points[i]! / 12) * radius;
    const inside = Math.sqrt(Math.max(0, 1 - ((px - cx) / rx) * ((px - cx) / rx))) * ry;
    points[i] = px;
    points[i + 1] = EYE_Y + Math.min(inside, Math.max(-inside, (points[i + 1]! / 12) * radius));
  }
  return points;
}

export function drawNose(pen: Pen, face: Face): void {
  const wide = 0.055 + 0.025 * face.gender;
  const x = face.turn * 1.5;
  pen.line(
    curve(x - 0.03, -0.02, x - wide, 0.1, x - wide, 0.17),
    0.02,
    withAlpha(face.shadow, 0.7),
  );
  pen.line(curve(x - wide, 0.17, x, 0.23, x + wide, 0.17), 0.028, face.shadow);
}

export function drawMouth(pen: Pen, face: Face): void {
  const smile = Math.min(1.2, Math.max(-0.2, face.smile));
  const open = Math.min(1.2, Math.max(0, face.mouth));
  const x = face.turn;
  const half = 0.15 + 0.07 * smile;
  // Corners rise and the middle sinks with a smile; without one the corners hang a little.
  const corner = MOUTH_Y + 0.02 - 0.075 * smile;
  const upper = MOUTH_Y - 0.01 + 0.04 * smile - 0.03 * open;
  const lower = MOUTH_Y + 0.03 + 0.11 * smile + 0.19 * open;
  const lips = mix(
    mix(face.skin, [0.7, 0.2, 0.22], 0.5),
    [0.8, 0.08, 0.16],
    0.7 * (1 - face.gender),
  );
  const lip = 0.03 + 0.015 * (1 - face.gender);
  const top = curve(x - half, corner, x, upper, x + half, corner);
  const bottom = curve(x - half, corner, x, lower, x + half, corner);
  const topLip = curve(x - half - 0.02, corner, x, upper - 2 * lip, x + half + 0.02, corner);
  const bottomLip = curve(x - half - 0.02, corner, x, lower + 2.4 * lip, x + half + 0.02, corner);
  pen.shape([...topLip, ...reversed(bottomLip)], lips);
  pen.shape([...top, ...reversed(bottom)], mix(lips, [0.2, 0.02, 0.04], 0.75));
  if (open > 0.05) {
    const teeth = curve(x - half, corner, x, upper + 0.1 * open + 0.04 * smile, x + half, corner);
    pen.shape([...top, ...reversed(teeth)], [0.97, 0.96, 0.93]);
  }
}
