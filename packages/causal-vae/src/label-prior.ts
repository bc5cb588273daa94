import { ConceptMlp, type ConceptSpace } from '@causal/models';
import { prefixed, type Parameters, type Part } from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { DiagonalGaussian } from './gaussian-terms';

const HIDDEN = 32;
/** log λ₂ is kept in here. */
const LOG_SIGMA_RANGE = [-4, 2] as const;

/** p(z | u) = N(λ₁(uᵢ), λ₂²(uᵢ)), each concept from its own label alone. */
export class LabelPrior implements Part {
  readonly #space: ConceptSpace;
  readonly #network: ConceptMlp;

  constructor(rng: Rng, space: ConceptSpace, latentSize: number) {
    this.#space = space;
    this.#network = new ConceptMlp(rng.split('prior'), {
      concepts: space.size,
      inputs: space.widestFeatures,
      hidden: HIDDEN,
      outputs: 2 * latentSize,
    });
  }

  /** λ₁ and log λ₂ [n, d, k] from unit labels [n, d]. */
  of(unit: tf.Tensor2D): DiagonalGaussian & { readonly mean: tf.Tensor3D } {
    const outputs = this.#network.apply(this.#space.stacked(unit));
    const [mean, logSigma] = tf.split(outputs, 2, 2) as [tf.Tensor3D, tf.Tensor3D];
    return { mean, logSigma: tf.clipByValue(logSigma, ...LOG_SIGMA_RANGE) };
  }

  parameters(): Parameters {
    return prefixed('prior', this.#network.parameters());
  }

  dispose(): void {
    this.#network.dispose();
  }
}
