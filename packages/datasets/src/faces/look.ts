import type { Rng } from '@causal/random';
import type { Pose } from './pen';

/** All about a face that its labels do not say. */
export interface FaceLook {
  /** 0 light to 1 dark. */
  readonly skin: number;
  /** 0 fair, ⅓ red, ⅔ brown, 1 black. */
  readonly hair: number;
  /** Width of the head against its usual one, −1 to 1. */
  readonly width: number;
  readonly parting: number;
  /** How far the head is turned aside, −1 to 1. */
  readonly yaw: number;
  readonly pose: Pose;
  /** Where light comes from, −1 (left) to 1 (right). */
  readonly light: number;
  readonly background: readonly [number, number, number];
  readonly shirt: readonly [number, number, number];
  /** How far from its label each of four binary concepts is drawn, 0 to .25. */
  readonly strength: readonly number[];
  /** Values of what the chosen concepts leave open, each in [0, 1]. */
  readonly rest: readonly number[];
}

/** The look's numbers in the order of {@link toLook}, each in [0, 1); ½ is neutral. */
const LOOK_LENGTH = 24;
export const NEUTRAL: readonly number[] = Array.from({ length: LOOK_LENGTH }, () => 0.5);

export function drawFaceLook(rng: Rng): number[] {
  return Array.from({ length: LOOK_LENGTH }, () => rng.uniform());
}

export function toLook(u: readonly number[]): FaceLook {
  const about = (k: number, spread: number): number => (2 * u[k]! - 1) * spread;
  return {
    skin: u[0]! * u[0]!,
    hair: u[1]!,
    width: about(2, 1),
    parting: about(3, 1),
    yaw: about(4, 1),
    pose: { x: about(5, 0.06), y: about(6, 0.05), tilt: about(7, 0.12), scale: 1 + about(8, 0.06) },
    light: about(9, 1),
    background: [0.45 + 0.5 * u[10]!, 0.45 + 0.5 * u[11]!, 0.45 + 0.5 * u[12]!],
    shirt: [0.1 + 0.8 * u[13]!, 0.1 + 0.8 * u[14]!, 0.1 + 0.8 * u[15]!],
    strength: u.slice(16, 20).map((v) => 0.25 * v),
    rest: u.slice(20, 24),
  };
}
