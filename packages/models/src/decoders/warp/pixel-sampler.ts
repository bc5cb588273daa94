import type { Rng } from '@causal/random';

/**
 * Draws pixels for training: half of them in proportion to `weights` (√variance of a pixel over
 * the data), half evenly (spec of the recipe, §2). With replacement, so that the number drawn,
 * and with it every tensor shape, is the same at each step.
 */
export class PixelSampler {
  readonly #pixels: Int32Array;
  readonly #cumulative: Float64Array;

  /**
   * @param pixels Indices to draw from.
   * @param weights One non-negative weight per entry of `pixels`.
   */
  constructor(pixels: Int32Array, weights: Float64Array) {
    this.#pixels = pixels;
    this.#cumulative = new Float64Array(pixels.length);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let running = 0;
    for (let i = 0; i < pixels.length; i++) {
      const weighted = total > 0 ? weights[i]! / total : 1 / pixels.length;
      running += 0.5 * weighted + 0.5 / pixels.length;
      this.#cumulative[i] = running;
    }
  }

  draw(rng: Rng, count: number): Int32Array {
    const drawn = new Int32Array(count);
    for (let i = 0; i < count; i++) drawn[i] = this.#pixels[this.#find(rng.uniform())]!;
    return drawn;
  }

  #find(u: number): number {
    let low = 0;
    let high = this.#cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cumulative[middle]! < u) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
