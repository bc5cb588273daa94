import { Dense, prefixed, uniformVariable, type Parameters } from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { FeatureGrid } from './feature-grid';
import { silu, waves } from './smooth';

export interface CanonicalPictureOptions {
  readonly ambient: number;
  readonly waves: number;
  readonly grids: readonly number[];
  readonly gridChannels: number;
  readonly width: number;
  readonly palette: number;
  readonly rng: Rng;
}

/** Wave numbers of the places, spaced evenly in the logarithm, and of ambient coordinates. */
const SCALES = [3, 24] as const;
const AMBIENT_SCALE = 1.5;

/**
 * T: the one picture that all pictures are deformations of, as a function of canonical coordinates
 * c = (two places, ambient ones). Sines of learned projections, bilinear feature grids of the places
 * and the ambient coordinates go through two SiLU layers to weights of a palette. It is narrow on
 * purpose: what new combinations of labels lead to has been seen there.
 */
export class CanonicalPicture {
  readonly #ambient: number;
  readonly #wave: tf.Variable;
  readonly #phase: tf.Variable;
  readonly #grids: readonly FeatureGrid[];
  readonly #layers: readonly [Dense, Dense, Dense];

  constructor(options: CanonicalPictureOptions) {
    const { ambient, waves, grids, gridChannels, width, palette, rng } = options;
    this.#ambient = ambient;
    const draws = rng.split('wave').normals((2 + ambient) * waves);
    const [low, high] = SCALES.map(Math.log) as [number, number];
    const values = draws.map((draw, i) => {
      const [row, column] = [Math.floor(i / waves), i % waves];
      const part = waves > 1 ? column / (waves - 1) : 0;
      return draw * (row < 2 ? Math.exp(low + (high - low) * part) : AMBIENT_SCALE);
    });
    this.#wave = tf.tidy(() => tf.variable(tf.tensor2d(values, [2 + ambient, waves])));
    this.#phase = uniformVariable(rng.split('phase'), [waves], Math.PI);
    this.#grids = grids.map(
      (side, i) => new FeatureGrid(rng.split('grid').split(i), side, gridChannels),
    );
    const inputs = waves + grids.length * gridChannels + ambient;
    this.#layers = [
      new Dense(rng.split('layer-1'), inputs, width),
      new Dense(rng.split('layer-2'), width, width),
      new Dense(rng.split('layer-3'), width, palette),
    ];
  }

  /**
   * @param c Canonical coordinates [rows, 2 + ambient].
   * @returns Logits of the palette's weights [rows, palette].
   */
  apply(c: tf.Tensor2D): tf.Tensor2D {
    const [places, rest] = tf.split(c, [2, this.#ambient], 1) as [tf.Tensor2D, tf.Tensor2D];
    const features = [
      waves(c, this.#wave, this.#phase),
      ...this.#grids.map((grid) => grid.apply(places)),
    ];
    if (this.#ambient > 0) features.push(rest);
    const [first, second, last] = this.#layers;
    return last.apply(silu(second.apply(silu(first.apply(tf.concat(features, 1))))));
  }

  parameters(): Parameters {
    const named = { wave: this.#wave, phase: this.#phase };
    return {
      ...named,
      ...Object.assign({}, ...this.#grids.map((g, i) => prefixed(`grid-${i + 1}`, g.parameters()))),
      ...Object.assign(
        {},
        ...this.#layers.map((l, i) => prefixed(`layer-${i + 1}`, l.parameters())),
      ),
    } as Parameters;
  }
}
