import { constantVariable, normalVariable, prefixed, type Parameters, type Part } from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { ConceptMlp } from './concept-mlp';
import type { ConceptSpace } from './concept-space';

const HIDDEN = 16;

/**
 * g₁: labels to latents, each concept's k from its own label alone (report §3.2).
 * g₁(u) = a·(2u − 1 + small network); of a categorical concept a·(its category's own point + small
 * network). The gain a is learned.
 */
export class LabelLatents implements Part {
  readonly #space: ConceptSpace;
  readonly #network: ConceptMlp;
  readonly #gain: tf.Variable;
  /** Where each category stands, of shape [d, F, k]; null where every concept is one number. */
  readonly #places: tf.Variable | null;

  constructor(rng: Rng, space: ConceptSpace, latentSize: number, gain: number) {
    const d = space.size;
    const inputs = space.widestFeatures;
    this.#space = space;
    this.#network = new ConceptMlp(
      rng.split('g1'),
      { concepts: d, inputs, hidden: HIDDEN, outputs: latentSize },
      { zero: true },
    );
    this.#gain = constantVariable([d, latentSize], gain);
    this.#places =
      inputs === 1 ? null : initialPlaces(rng.split('places'), space, inputs, latentSize);
  }

  /** Unit labels [n, d] to [n, d, k]. */
  apply(unit: tf.Tensor2D): tf.Tensor3D {
    const features = this.#space.stacked(unit);
    const start = this.#places ? placed(features, this.#places as tf.Tensor3D) : features;
    return start.add(this.#network.apply(features)).mul(this.#gain) as tf.Tensor3D;
  }

  parameters(): Parameters {
    return {
      'label-gain': this.#gain,
      ...prefixed('label-network', this.#network.parameters()),
      ...(this.#places ? { 'label-places': this.#places } : {}),
    };
  }

  dispose(): void {
    this.#network.dispose();
    tf.dispose([this.#gain, ...(this.#places ? [this.#places] : [])]);
  }
}

/** [n, d, F] times [d, F, k], concept by concept. */
function placed(features: tf.Tensor3D, places: tf.Tensor3D): tf.Tensor3D {
  return tf.matMul(features.transpose([1, 0, 2]), places).transpose([1, 0, 2]) as tf.Tensor3D;
}

/** One number acts on all k alike; categories begin at points of N(0, I). */
function initialPlaces(rng: Rng, space: ConceptSpace, inputs: number, k: number): tf.Variable {
  const places = normalVariable(rng, [space.size, inputs, k], 1);
  tf.tidy(() => {
    const mask = space.concepts.flatMap(({ kind }) =>
      Array.from({ length: inputs * k }, (_, i) => (kind === 'categorical' ? 1 : i < k ? 2 : 0)),
    );
    const chosen = tf.tensor(mask, places.shape);
    const ones = chosen.equal(2).cast('float32');
    places.assign(places.mul(chosen.equal(1).cast('float32')).add(ones));
  });
  return places;
}
