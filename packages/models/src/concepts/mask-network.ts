import { disposeVariables, prefixed, type Parameters, type Part } from '@causal/nn';
import type { Rng } from '@causal/random';
import { GumbelMaskLayer, parentSum } from '@causal/scm';
import type * as tf from '@tensorflow/tfjs';
import type { Shapes } from '../recipe';
import { ConceptMlp } from './concept-mlp';

/** Mask layers by name. */
export type MaskLayerName = 'identity' | 'mlp' | 'mcsl';

const HIDDEN = 32;

/**
 * g₂, the mask layer of the report's [5] (Ng et al. 2022): what the causes of each concept make of it,
 * from all z [n, d, k].
 *
 * - `'identity'`: (Aᵀz)ᵢ;
 * - `'mlp'`: gᵢ((Aᵀz)ᵢ), one network for each concept, k → 32 → k, ELU;
 * - `'mcsl'`: gᵢ(mask₁ᵢ·z₁, …, mask_dᵢ·z_d), with a mask of its own, off A's diagonal.
 *
 * Networks work at unit scale: z ÷ gain in, times gain out.
 */
export class MaskNetwork implements Part {
  readonly #gain: number;
  readonly #mlp: ConceptMlp | null = null;
  readonly #mcsl: GumbelMaskLayer | null = null;

  constructor(rng: Rng, name: MaskLayerName, { conceptCount: d, latentSize: k }: Shapes, gain = 1) {
    this.#gain = gain;
    if (name === 'mlp') {
      this.#mlp = new ConceptMlp(rng, { concepts: d, inputs: k, hidden: HIDDEN, outputs: k });
    } else if (name === 'mcsl') {
      this.#mcsl = new GumbelMaskLayer({ hidden: HIDDEN, seed: rng.split('mcsl').int(2 ** 31) });
      this.#mcsl.build([null, d, k]);
    }
  }

  get isIdentity(): boolean {
    return this.#mlp === null && this.#mcsl === null;
  }

  /** @param adjacency A [d, d]; `'mcsl'` has a mask of its own in its place. */
  apply(adjacency: tf.Tensor2D, z: tf.Tensor3D): tf.Tensor3D {
    if (this.#mcsl) return (this.#mcsl.apply(z.div(this.#gain)) as tf.Tensor3D).mul(this.#gain);
    const parents = parentSum(adjacency, z);
    if (!this.#mlp) return parents;
    return this.#mlp.apply(parents.div(this.#gain) as tf.Tensor3D).mul(this.#gain);
  }

  parameters(): Parameters {
    if (this.#mlp) return this.#mlp.parameters();
    if (!this.#mcsl) return {};
    const weights = this.#mcsl.trainableWeights.map((weight) => [
      weight.originalName.replace(/^.*\//, ''),
      weight.read() as tf.Variable,
    ]);
    return prefixed('mcsl', Object.fromEntries(weights));
  }

  dispose(): void {
    // Not the layer's own dispose: it throws where the layer was never part of a tf.LayersModel.
    disposeVariables(this.parameters());
  }
}
