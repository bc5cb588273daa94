import { constantVariable, normalVariable, type Parameters } from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { fieldNetworks } from './field-networks';
import { positionFeatures, positionSize } from './position-features';

export interface ConceptFieldsOptions {
  /** Fields, f: one a concept, and the pose's where there is one. */
  readonly fields: number;
  /** Codes that a field sees, at most; fields with fewer are padded with zeros. */
  readonly codes: number;
  /** Hidden units of each field. */
  readonly width: number;
  readonly octaves: number;
  /** Ambient coordinates: a field gives two places and these. */
  readonly ambient: number;
  readonly rng: Rng;
}

/** Keeps the norm's gradient finite at zero. */
const NORM_FLOOR = 1e-6;
/** Starts, found by prototype: how much the code's row counts, spread of biases, gain of layer two. */
const CODE_GAIN = 0.5;
const BIAS_STD = 0.3;
const HIDDEN_GAIN = 1.3;
/** Places start nearly still; ambient coordinates start with something to tell apart. */
const PLACE_STD = 1e-3;
const AMBIENT_GAIN = 0.3;

/**
 * Displacements by the concepts, Fᵢ(p, zᵢ) = |zᵢ|·MLPᵢ(φ(p), zᵢ) with two tanh layers and no bias
 * at the output: what a concept does vanishes at its mean and is added to what the others do. That
 * they are *added* is what lets combinations that were never seen come out right: each field is
 * identified along its own concept's values, and those the data cover.
 *
 * (For one code |z| would fold the sign; there the factor is z itself.) All fields are computed as
 * batched products [f, rows, …] on shared features of the place.
 */
export class ConceptFields {
  readonly #options: ConceptFieldsOptions;
  readonly #place: tf.Variable;
  readonly #code: tf.Variable;
  readonly #bias1: tf.Variable;
  readonly #hidden: tf.Variable;
  readonly #bias2: tf.Variable;
  readonly #out: tf.Variable;

  constructor(options: ConceptFieldsOptions) {
    this.#options = options;
    const { fields, codes, width, octaves, ambient, rng } = options;
    const inputs = positionSize(octaves);
    const start = 1 / Math.sqrt(inputs + 1);
    this.#place = normalVariable(rng.split('place'), [fields, inputs, width], start);
    this.#code = normalVariable(rng.split('code'), [fields, codes, width], CODE_GAIN * start);
    this.#bias1 = normalVariable(rng.split('bias'), [fields, 1, width], BIAS_STD);
    this.#hidden = normalVariable(
      rng.split('hidden'),
      [fields, width, width],
      HIDDEN_GAIN / Math.sqrt(width),
    );
    this.#bias2 = constantVariable([fields, 1, width]);
    this.#out = normalVariable(rng.split('out'), [fields, width, 2 + ambient], 1);
    const std = [PLACE_STD, PLACE_STD, ...Array(ambient).fill(AMBIENT_GAIN / Math.sqrt(width))];
    tf.tidy(() => this.#out.assign(this.#out.mul(tf.tensor1d(std))));
  }

  /**
   * @param places p′ [n, P, 2].
   * @param codes [f, n, codes].
   * @param scale Factor of each field [f, n, 1]: the code itself or its norm, see {@link fieldScale}.
   * @returns Fᵢ before gates [f, n·P, 2 + ambient].
   */
  apply(places: tf.Tensor3D, codes: tf.Tensor3D, scale: tf.Tensor3D): tf.Tensor3D {
    const { fields, octaves, ambient } = this.#options;
    const [n, count] = places.shape;
    const rows = n * count;
    const features = positionFeatures(places.reshape([rows, 2]), octaves);
    const shift = tf.matMul(codes, this.#code as tf.Tensor3D).add(this.#bias1) as tf.Tensor3D;
    const raw = fieldNetworks(features, shift, {
      place: this.#place,
      hidden: this.#hidden,
      bias2: this.#bias2,
      out: this.#out,
    });
    return raw
      .reshape([fields * n, count, 2 + ambient])
      .mul(scale.reshape([fields * n, 1, 1]))
      .reshape([fields, rows, 2 + ambient]) as tf.Tensor3D;
  }

  parameters(): Parameters {
    return {
      place: this.#place,
      code: this.#code,
      bias1: this.#bias1,
      hidden: this.#hidden,
      bias2: this.#bias2,
      out: this.#out,
    };
  }
}

/**
 * The factor of fields whose codes are [f, n, c]: the code itself where it is one number, else its
 * norm, softened at 0. [f, n, 1].
 */
export function fieldScale(codes: tf.Tensor3D): tf.Tensor3D {
  if (codes.shape[2] === 1) return codes;
  return codes.square().sum(2, true).add(NORM_FLOOR).sqrt() as tf.Tensor3D;
}
