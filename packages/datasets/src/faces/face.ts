import type { Colour } from '../raster/canvas';
import type { FaceLook } from './look';

/** Everything about a face that the two models' concepts can set, each about in [0, 1]. */
export interface FaceTraits {
  /** 1 is male. */
  readonly gender: number;
  readonly smile: number;
  /** 1 is wide open. */
  readonly eyes: number;
  /** 1 is wide open. */
  readonly mouth: number;
  /** 1 is young. */
  readonly age: number;
  readonly bald: number;
  readonly beard: number;
}

/** Colours and measures that the parts of one face share. */
export interface Face extends FaceTraits {
  readonly skin: Colour;
  readonly shadow: Colour;
  readonly hair: Colour;
  /** Half the head's width and height, in head units; its middle is at (0, HEAD_Y). */
  readonly rx: number;
  readonly ry: number;
  /** Sideways shift of eyes, nose and mouth by the turn of the head. */
  readonly turn: number;
  readonly parting: number;
}

export const HEAD_Y = 0.02;

type Rgb = readonly [number, number, number];
const LIGHT_SKIN: Rgb = [0.98, 0.84, 0.74];
const DARK_SKIN: Rgb = [0.42, 0.27, 0.19];
const HAIR: readonly Rgb[] = [
  [0.88, 0.73, 0.42],
  [0.62, 0.3, 0.14],
  [0.35, 0.21, 0.12],
  [0.1, 0.08, 0.08],
];
const GREY: Rgb = [0.78, 0.78, 0.78];

/** The colours and measures of a face with these traits and this look. */
export function measure(traits: FaceTraits, look: FaceLook): Face {
  const skin = mix(LIGHT_SKIN, DARK_SKIN, look.skin);
  const tone = Math.min(2.999, look.hair * 3);
  const young = mix(HAIR[Math.floor(tone)]!, HAIR[Math.floor(tone) + 1]!, tone % 1);
  return {
    ...traits,
    skin,
    shadow: mix(skin, [0.3, 0.12, 0.08], 0.22),
    hair: mix(young, GREY, 0.9 * Math.max(0, 1 - 1.3 * traits.age)),
    rx: 0.47 + 0.03 * look.width + 0.03 * traits.gender,
    ry: 0.64 + 0.02 * traits.gender,
    turn: 0.07 * look.yaw,
    parting: look.parting,
  };
}

export function mix(a: readonly number[], b: readonly number[], share: number): Rgb {
  const at = (k: number): number => Math.min(1, Math.max(0, a[k]! + (b[k]! - a[k]!) * share));
  return [at(0), at(1), at(2)];
}

export function withAlpha(colour: Colour, alpha: number): Colour {
  return [colour[0], colour[1], colour[2], Math.min(1, Math.max(0, alpha))];
}

/**
 * The head's outline, `grow` times as large: an ellipse whose lower half turns into a squarer jaw
 * (x⁴ + y⁴ = 1) with gender.
 */
export function headOutline(face: Face, grow: number): number[] {
  const right: number[] = [];
  const steps = 40;
  for (let k = 0; k <= steps; k++) {
    // Evenly in y would leave the top and the chin coarse: bend the steps towards both ends.
    const t = (2 * k) / steps - 1;
    const y = 0.5 * t * (3 - t * t);
    const round = Math.sqrt(Math.max(0, 1 - y * y));
    const square = Math.sqrt(Math.sqrt(Math.max(0, 1 - y * y * y * y)));
    const jaw = y > 0 ? round + (square - round) * (0.15 + 0.35 * face.gender) * y : round;
    right.push(jaw * face.rx * grow, HEAD_Y + y * face.ry * grow);
  }
  const points = [...right];
  for (let i = right.length - 2; i >= 0; i -= 2) points.push(-right[i]!, right[i + 1]!);
  return points;
}
