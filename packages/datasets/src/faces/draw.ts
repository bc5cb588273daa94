import type { Canvas } from '../raster/canvas';
import { type Face, type FaceTraits, headOutline, measure, withAlpha } from './face';
import { drawEyes, drawMouth, drawNose } from './features';
import { drawBeard, drawHairBehind, drawHairInFront } from './hair';
import type { FaceLook } from './look';
import { Pen } from './pen';

/** Paints a face on the whole canvas. */
export function drawFace(canvas: Canvas, traits: FaceTraits, look: FaceLook): void {
  const face = measure(traits, look);
  const pen = new Pen(canvas, look.pose);
  canvas.clear(look.background);
  drawHairBehind(pen, face);
  drawBody(pen, face, look.shirt);
  pen.ellipse(-face.rx - 0.01, 0.06, 0.075, 0.13, face.shadow);
  pen.ellipse(face.rx + 0.01, 0.06, 0.075, 0.13, face.shadow);
  pen.shape(headOutline(face, 1), face.skin);
  drawCheeks(pen, face);
  drawWrinkles(pen, face);
  drawBeard(pen, face);
  drawNose(pen, face);
  drawMouth(pen, face);
  drawEyes(pen, face);
  drawHairInFront(pen, face);
  shine(canvas, look.light);
}

function drawBody(pen: Pen, face: Face, shirt: readonly [number, number, number]): void {
  const neck = 0.17 + 0.08 * face.gender;
  const shoulders = 0.72 + 0.18 * face.gender;
  pen.shape([-neck, 0.4, neck, 0.4, neck + 0.03, 1.2, -neck - 0.03, 1.2], face.shadow);
  pen.ellipse(0, 1.42, shoulders, 0.52, shirt);
  pen.ellipse(0, 0.88, neck + 0.05, 0.13, face.shadow);
}

function drawCheeks(pen: Pen, face: Face): void {
  const alpha = 0.12 + 0.18 * face.smile;
  for (const side of [-1, 1]) {
    const x = face.turn + side * 0.27;
    pen.ellipse(x, 0.2 - 0.03 * face.smile, 0.1, 0.07, [0.9, 0.35, 0.3, alpha]);
  }
}

function drawWrinkles(pen: Pen, face: Face): void {
  const colour = withAlpha(face.shadow, 1.1 * (1 - face.age));
  for (const y of [-0.36, -0.29, -0.22]) {
    const x = face.turn;
    pen.line([x - 0.18, y + 0.01, x, y - 0.01, x + 0.18, y + 0.01], 0.02, colour);
  }
  for (const side of [-1, 1]) {
    const x = face.turn;
    pen.line([x + side * 0.12, 0.2, x + side * 0.23, 0.36, x + side * 0.24, 0.44], 0.02, colour);
    pen.line([x + side * 0.12, 0.06, x + side * 0.26, 0.07], 0.018, colour);
  }
}

/** Brightens one side of the picture and darkens the other. */
function shine(canvas: Canvas, light: number): void {
  const { width, height, pixels } = canvas;
  for (let x = 0; x < width; x++) {
    const factor = 1 + 0.2 * light * ((2 * x + 1) / width - 1);
    for (let y = 0; y < height; y++) {
      const p = (y * width + x) * 3;
      for (let c = p; c < p + 3; c++) pixels[c] = Math.min(1, pixels[c]! * factor);
    }
  }
}
