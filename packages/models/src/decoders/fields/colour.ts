import { constantVariable, normalVariable, type Parameters } from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

export interface ColourOptions {
  readonly palette: number;
  readonly channels: number;
  /** Free latents, r; 0 for none. */
  readonly free: number;
  readonly rng: Rng;
}

/** Spread of what the free latents add to the palette at first. */
const TINT_STD = 0.1;
/** Weights of the palette are softmax(SHARPNESS · logits): one colour soon wins. */
const SHARPNESS = 2;

/**
 * Logits to colours: light(p, ε) · palette(ε)ᵀ softmax(2·logits). The palette is the same for all
 * pixels of a picture and moves linearly with ε, the light is exp of an affine map of the place:
 * ε colours pictures and cannot draw in them.
 */
export class Colour {
  readonly #options: ColourOptions;
  readonly #palette: tf.Variable;
  readonly #tint: tf.Variable | null = null;
  readonly #light: tf.Variable | null = null;

  constructor(options: ColourOptions) {
    this.#options = options;
    const { palette, channels, free, rng } = options;
    const start = rng.split('palette').uniforms(palette * channels);
    this.#palette = tf.tidy(() => tf.variable(tf.tensor2d(start, [palette, channels])));
    if (free > 0) {
      this.#tint = normalVariable(rng.split('tint'), [free, palette * channels], TINT_STD);
      this.#light = constantVariable([free, 3]);
    }
  }

  /**
   * @param logits [n·P, palette].
   * @param places p [n, P, 2], in the picture's own frame.
   * @param free ε [n, r] or null.
   * @returns [n, P, channels], unbounded.
   */
  apply(logits: tf.Tensor2D, places: tf.Tensor3D, free: tf.Tensor2D | null): tf.Tensor3D {
    const { palette, channels } = this.#options;
    const [n, count] = places.shape;
    const weights = tf.softmax(logits.mul(SHARPNESS));
    if (!free || !this.#tint || !this.#light) {
      return weights.matMul(this.#palette as tf.Tensor2D).reshape([n, count, channels]);
    }
    const palettes = free
      .matMul(this.#tint as tf.Tensor2D)
      .reshape([n, palette, channels])
      .add(this.#palette);
    const painted = tf.matMul(
      weights.reshape([n, count, palette]) as tf.Tensor3D,
      palettes as tf.Tensor3D,
    );
    const light = free.matMul(this.#light as tf.Tensor2D).reshape([n, 3, 1]) as tf.Tensor3D;
    const [slope, level] = tf.split(light, [2, 1], 1) as [tf.Tensor3D, tf.Tensor3D];
    return painted.mul(tf.matMul(places, slope).add(level).exp()) as tf.Tensor3D;
  }

  parameters(): Parameters {
    const { tint, light } = { tint: this.#tint, light: this.#light };
    return { palette: this.#palette, ...(tint && { tint }), ...(light && { light }) };
  }
}
