import { type Face, HEAD_Y, headOutline, mix, withAlpha } from './face';
import { curve, type Pen, reversed } from './pen';

/** Long hair behind the head: the longer the less male. */
export function drawHairBehind(pen: Pen, face: Face): void {
  const hair = 1 - face.bald;
  const female = 1 - face.gender;
  const width = face.rx + 0.05 + 0.12 * female;
  const bottom = 0.05 + 0.85 * female;
  const back = mix(face.hair, [0, 0, 0], 0.25);
  pen.ellipse(0, HEAD_Y - 0.1, face.rx + 0.07 + 0.04 * female, 0.64, withAlpha(back, 1.6 * hair));
  pen.shape(
    [
      ...curve(-face.rx, -0.25, -width - 0.06, 0.2 * female, -width, bottom),
      ...reversed(curve(face.rx, -0.25, width + 0.06, 0.2 * female, width, bottom)),
    ],
    withAlpha(back, 1.6 * hair * female),
  );
}

/** The hair over the forehead; baldness moves its line back and leaves the sides. */
export function drawHairInFront(pen: Pen, face: Face): void {
  const bald = Math.min(1, Math.max(0, face.bald));
  const outline = headOutline(face, 1.06);
  const line = -0.3 - 0.36 * bald;
  const temple = -0.12 - 0.1 * bald;
  const x = face.rx * 1.06;
  const upper = upperPart(outline, temple);
  const parting = 0.18 * face.parting;
  const edge = [
    ...curve(x, temple, x * 0.8, line + 0.02, parting, line - 0.1),
    ...curve(parting, line - 0.1, -x * 0.8, line - 0.02, -x, temple),
  ];
  pen.shape([...upper, ...edge], withAlpha(face.hair, 1 - bald * bald * bald));
  for (const side of [-1, 1]) {
    const burns = [
      side * x,
      -0.3,
      side * x,
      0.1,
      side * (x - 0.05),
      0.06,
      side * (x - 0.08),
      -0.28,
    ];
    pen.shape(burns, withAlpha(face.hair, 0.4 + 0.6 * face.gender));
  }
}

/** The part of an outline above a height, from its left end over the top to its right end. */
function upperPart(outline: readonly number[], y: number): number[] {
  const left: number[] = [];
  const right: number[] = [];
  for (let i = 0; i < outline.length; i += 2) {
    if (outline[i + 1]! >= y) continue;
    (outline[i]! < 0 ? left : right).push(outline[i]!, outline[i + 1]!);
  }
  // The outline runs down the right side and up the left one.
  return [...left, ...right];
}

/** A beard along the jaw with a moustache; thin ones let the skin through. */
export function drawBeard(pen: Pen, face: Face): void {
  const amount = Math.min(1, Math.max(0, face.beard));
  if (amount < 0.02) return;
  const colour = withAlpha(mix(face.hair, [0, 0, 0], 0.15), 1.15 * amount);
  const outline = headOutline(face, 1 + 0.05 * amount);
  const lower: number[] = [];
  for (let i = 0; i < outline.length; i += 2) {
    if (outline[i + 1]! > 0.12) lower.push(outline[i]!, outline[i + 1]!);
  }
  const x = face.rx * 0.98;
  const inner = [
    ...curve(-x, 0.12, -0.3, 0.22, -0.26 + face.turn, 0.36),
    ...curve(-0.26 + face.turn, 0.36, -0.2 + face.turn, 0.26, face.turn, 0.265),
    ...curve(face.turn, 0.265, 0.2 + face.turn, 0.26, 0.26 + face.turn, 0.36),
    ...curve(0.26 + face.turn, 0.36, 0.3, 0.22, x, 0.12),
  ];
  pen.shape([...lower, ...inner], colour);
}
