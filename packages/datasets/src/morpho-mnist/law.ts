import type { Rng } from '@causal/random';
import type { Mechanism } from '../mechanism';

/** Thickness in pixels: ½ + Gamma(shape 10, rate 5), which is ½ + χ²₂₀/10. */
export function drawThickness(rng: Rng): number {
  let squares = 0;
  for (let k = 0; k < 20; k++) squares += rng.normal() ** 2;
  return 0.5 + squares / 10;
}

/** Slant in radians: π·N(0, standard deviation .1). */
export function drawSlant(rng: Rng): number {
  return Math.PI * 0.1 * rng.normal();
}

const LOWEST = 64;
const SPAN = 191;
const NOISE = 0.5;

/** Intensity 64 + 191·σ(2(t − 2.5) + ½·noise), noise standard normal. */
export function intensityFrom(thickness: number, noise: number): number {
  return LOWEST + SPAN / (1 + Math.exp(-(2 * (thickness - 2.5) + NOISE * noise)));
}

/** The noise that makes a thickness's intensity, within what float64 can tell from the ends. */
export function intensityNoise(thickness: number, intensity: number): number {
  const share = Math.min(1 - 1e-9, Math.max(1e-9, (intensity - LOWEST) / SPAN));
  return (Math.log(share / (1 - share)) - 2 * (thickness - 2.5)) / NOISE;
}

/** Intensity under do(thickness): each picture keeps its noise. Thickness comes first, then intensity. */
export const intensityMechanism: Mechanism = (next, observed) =>
  intensityFrom(next[0]!, intensityNoise(observed[0]!, observed[1]!));
