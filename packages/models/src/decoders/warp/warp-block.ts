import {
  constantVariable,
  Dense,
  disposeParts,
  disposeVariables,
  normalVariable,
  prefixed,
  type Parameters,
  type Part,
} from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { coordinateFeatures } from './coordinate-features';

export interface WarpBlockOptions {
  /** Concepts (indices) whose latents move this block. */
  readonly concepts: readonly number[];
  /** All concepts, d, and latent dimensions of each, k. */
  readonly conceptCount: number;
  readonly latentSize: number;
  readonly channels: number;
  /** Coordinates m. */
  readonly coordinates: number;
  /** Hidden units h of the painting network. */
  readonly hidden: number;
  /** Octaves of Fourier features. */
  readonly octaves: number;
  /** Let each latent of a block of several concepts shift along a curve, not only along a line. */
  readonly bendShared: boolean;
  /** Add learned coordinates φ(p), for shapes that no linear coordinate moves rigidly. */
  readonly learnedCoordinates: boolean;
  readonly rng: Rng;
}

/** Small: large random shifts are unlearned slowly, and what is left of them leads astray (leak). */
const SHIFT_STD = 0.1;
const PLACE_STD = 0.7;
const SHIFT_HIDDEN = 16;
const PLACE_HIDDEN = 32;
const LEAK = 0.1;
/** Added before the sigmoid: pictures start bright, as most backgrounds are. */
const START_BRIGHT = 2;

/**
 * Paints the pixels of one block: coordinates c = W·p + Σᵢ tᵢ(zᵢ) + b (+ φ(p)) that the latents of
 * its concepts shift additively, Fourier features of c, and a small network to colours. Since each
 * latent acts by a shift alone, combinations of latents never seen together are painted as the
 * shifts say: that is what lets do() extrapolate (spec of the recipe, §2). A single concept's shift may
 * bend (a small tanh network beside the linear part); several concepts' shifts are linear unless
 * `bendShared`, for there combinations are unseen and a bend fitted to the seen ones leads astray.
 */
export class WarpBlock implements Part {
  readonly #options: WarpBlockOptions;
  readonly #select: tf.Tensor2D;
  readonly #sameConcept: tf.Tensor2D;
  readonly #place: tf.Variable;
  readonly #shift: tf.Variable;
  readonly #offset: tf.Variable;
  readonly #bend: readonly [Dense, Dense] | null;
  readonly #layers: readonly [Dense, Dense, Dense];
  readonly #learned: readonly Dense[];

  constructor(options: WarpBlockOptions) {
    this.#options = options;
    const { concepts, conceptCount, latentSize: k, coordinates: m, hidden, octaves, rng } = options;
    const inputs = concepts.length * k;
    const select = new Float32Array(conceptCount * k * inputs);
    const same = new Float32Array(inputs * concepts.length * SHIFT_HIDDEN);
    concepts.forEach((concept, i) => {
      for (let r = 0; r < k; r++) {
        select[(concept * k + r) * inputs + i * k + r] = 1;
        const row = (i * k + r) * concepts.length * SHIFT_HIDDEN;
        same.fill(1, row + i * SHIFT_HIDDEN, row + (i + 1) * SHIFT_HIDDEN);
      }
    });
    this.#select = tf.keep(tf.tensor2d(select, [conceptCount * k, inputs]));
    this.#sameConcept = tf.keep(tf.tensor2d(same, [inputs, concepts.length * SHIFT_HIDDEN]));
    this.#place = normalVariable(rng.split('place'), [2, m], PLACE_STD);
    this.#shift = normalVariable(rng.split('shift'), [inputs, m], SHIFT_STD);
    this.#offset = constantVariable([m]);
    const bendUnits = concepts.length * SHIFT_HIDDEN;
    this.#bend =
      concepts.length === 1 || options.bendShared
        ? [
            new Dense(rng.split('bend'), inputs, bendUnits),
            new Dense(rng, bendUnits, m, { zero: true }),
          ]
        : null;
    const features = (1 + 2 * octaves) * m;
    this.#layers = [
      new Dense(rng.split('paint-1'), features, hidden),
      new Dense(rng.split('paint-2'), hidden, hidden),
      new Dense(rng.split('paint-3'), hidden, options.channels),
    ];
    this.#learned = options.learnedCoordinates ? learnedCoordinates(rng.split('learned'), m) : [];
  }

  /** Latents [n, d·k] and places [pixels, 2] to colours [n, pixels, channels]. */
  paint(latents: tf.Tensor2D, places: tf.Tensor2D): tf.Tensor3D {
    const n = latents.shape[0];
    const pixels = places.shape[0];
    const m = this.#options.coordinates;
    const own = latents.matMul(this.#select);
    let shift = own.matMul(this.#shift as tf.Tensor2D).add(this.#offset);
    if (this.#bend) {
      // One tanh network per concept, side by side: the mask keeps the concepts apart.
      const [inner, outer] = this.#bend;
      const weight = inner.weight.mul(this.#sameConcept) as tf.Tensor2D;
      const hidden = own.matMul(weight).add(inner.bias).tanh() as tf.Tensor2D;
      shift = shift.add(outer.apply(hidden));
    }
    let here = places.matMul(this.#place as tf.Tensor2D);
    if (this.#learned.length > 0) {
      const last = this.#learned.length - 1;
      let inner = places as tf.Tensor2D;
      for (let i = 0; i < last; i++) inner = tf.tanh(this.#learned[i]!.apply(inner));
      here = here.add(this.#learned[last]!.apply(inner));
    }
    const c = shift.reshape([n, 1, m]).add(here.reshape([1, pixels, m]));
    let y = coordinateFeatures(c.reshape([n * pixels, m]), this.#options.octaves);
    y = tf.leakyRelu(this.#layers[0].apply(y), LEAK);
    y = tf.leakyRelu(this.#layers[1].apply(y), LEAK);
    y = this.#layers[2].apply(y).add(START_BRIGHT).sigmoid() as tf.Tensor2D;
    return y.reshape([n, pixels, this.#options.channels]);
  }

  parameters(): Parameters {
    return {
      place: this.#place,
      shift: this.#shift,
      offset: this.#offset,
      ...(this.#bend ? prefixed('bend-in', this.#bend[0].parameters()) : {}),
      ...(this.#bend ? prefixed('bend-out', this.#bend[1].parameters()) : {}),
      ...Object.assign(
        {},
        ...this.#layers.map((l, i) => prefixed(`paint-${i + 1}`, l.parameters())),
      ),
      ...Object.assign(
        {},
        ...this.#learned.map((l, i) => prefixed(`learned-${i + 1}`, l.parameters())),
      ),
    };
  }

  dispose(): void {
    disposeVariables({ place: this.#place, shift: this.#shift, offset: this.#offset });
    disposeParts([...(this.#bend ?? []), ...this.#layers, ...this.#learned]);
    tf.dispose([this.#select, this.#sameConcept]);
  }
}

/** φ: a tanh network 2–32–32–m, sharp at its input, zero at its output. */
function learnedCoordinates(rng: Rng, m: number): Dense[] {
  const first = new Dense(rng.split(1), 2, PLACE_HIDDEN);
  tf.tidy(() => first.weight.assign(first.weight.mul(3)));
  return [
    first,
    new Dense(rng.split(2), PLACE_HIDDEN, PLACE_HIDDEN),
    new Dense(rng, PLACE_HIDDEN, m, { zero: true }),
  ];
}
