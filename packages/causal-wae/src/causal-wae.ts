import type { Batch } from '@causal/datasets';
import { cka, mmd } from '@causal/divergences';
import {
  CausalAutoencoder,
  ConceptMlp,
  constantVariable,
  labelConsistency,
  prefixed,
  unpackModel,
  usedLabels,
  type ConceptSource,
  type PackedModel,
  type Parameters,
} from '@causal/models';
import type { Rng } from '@causal/random';
import { endogenous, exogenous, parentSum } from '@causal/scm';
import type { Loss, LossContext } from '@causal/training';
import * as tf from '@tensorflow/tfjs';
import { resolveOptions, type CausalWAEOptions, type ResolvedCausalWAEOptions } from './options';

const LABEL_HIDDEN = 16;
const MASK_HIDDEN = 32;

/**
 * CausalWAE (report §3): a Wasserstein autoencoder whose latents are a structural causal model of
 * the labelled concepts.
 *
 * The encoder gives noise ε ~ q(ε | x, u), kept N(0, I) by a divergence and independent of the
 * labels by HSIC; labels enter the latents through one network per concept,
 * z₁ = (I − Aᵀ)⁻¹ε + g₁(u); the decoder paints from z₂. do() moves labels along the learned graph.
 */
export class CausalWAE extends CausalAutoencoder<ResolvedCausalWAEOptions> {
  readonly kind = 'CausalWAE';
  protected readonly gain: number;
  /** Without (2) nothing ties A to the labels: the reconstruction alone would let it fade. */
  protected readonly trainsAdjacency: boolean;
  #labelNetwork!: ConceptMlp;
  #labelGain!: tf.Variable;
  #maskLayer: ConceptMlp | null = null;

  /**
   * @param config `data` gives concepts, picture shape and label scale; the rest are options.
   * @throws OptionsError on an unknown or wrong option.
   */
  constructor(config: { data: ConceptSource } & CausalWAEOptions) {
    const { data, ...given } = config ?? {};
    super(data, resolveOptions(given));
    this.gain = this.options.gain;
    this.trainsAdjacency = this.options.weights.labelConsistency > 0;
  }

  /** Reads a model that {@link CausalAutoencoder.save} wrote (Node). */
  static async load(folder: string): Promise<CausalWAE> {
    const { readModelFolder } = await import('@causal/training/node');
    return CausalWAE.unpack((await readModelFolder(folder)) as PackedModel);
  }

  /** Builds a model from what {@link CausalAutoencoder.pack} gave; works in browsers. */
  static unpack(packed: PackedModel): Promise<CausalWAE> {
    return unpackModel(
      packed,
      'CausalWAE',
      (config) => new CausalWAE(config as { data: ConceptSource } & CausalWAEOptions),
    );
  }

  protected buildOwn(rng: Rng): void {
    const d = this.scale.size;
    const k = this.latentSize;
    this.#labelNetwork = new ConceptMlp(
      rng.split('g1'),
      { concepts: d, inputs: 1, hidden: LABEL_HIDDEN, outputs: k },
      { zero: true },
    );
    this.#labelGain = constantVariable([d, k], this.gain);
    const residual = this.options.variant === 'residual';
    if ((this.options.maskLayer ?? (residual ? 'identity' : 'mlp')) === 'mlp') {
      const size = { concepts: d, inputs: k, hidden: MASK_HIDDEN, outputs: k };
      this.#maskLayer = new ConceptMlp(rng.split('g2'), size);
    }
  }

  protected ownParameters(): Parameters {
    return {
      'label-gain': this.#labelGain,
      ...prefixed('label-network', this.#labelNetwork.parameters()),
      ...(this.#maskLayer ? prefixed('mask-layer', this.#maskLayer.parameters()) : {}),
    };
  }

  /** g₁(u) [n, d, k] = a·(2u − 1 + small network), one network per concept on its own label. */
  #fromLabels(unitLabels: tf.Tensor2D): tf.Tensor3D {
    const centred = unitLabels.mul(2).sub(1).expandDims(2) as tf.Tensor3D;
    return centred.add(this.#labelNetwork.apply(centred)).mul(this.#labelGain) as tf.Tensor3D;
  }

  /** g₂ on [n, d, k], computed at unit scale. */
  #mask(parents: tf.Tensor3D): tf.Tensor3D {
    if (!this.#maskLayer) return parents;
    return this.#maskLayer.apply(parents.div(this.gain) as tf.Tensor3D).mul(this.gain);
  }

  protected latentsOf(noise: tf.Tensor3D, unitLabels: tf.Tensor2D): tf.Tensor3D {
    const A = this.maskedAdjacency();
    const fromLabels = this.#fromLabels(unitLabels);
    if (this.options.variant === 'equation8') {
      return this.#mask(parentSum(A, fromLabels)).add(noise);
    }
    const z1 = endogenous(A, noise).add(fromLabels) as tf.Tensor3D;
    if (this.options.variant === 'full') return this.#mask(parentSum(A, z1)).add(noise);
    // residual: g₂(Aᵀz₁) + (I − Aᵀ)z₁, which is z₁ itself where g₂ is the identity.
    return this.#maskLayer ? this.#mask(parentSum(A, z1)).add(exogenous(A, z1)) : z1;
  }

  /** Equation (4): ‖z₁ − g₂(Aᵀz₁)‖² of the labels' part of z₁, at unit scale. */
  #consistency(A: tf.Tensor2D, unitLabels: tf.Tensor2D): tf.Scalar {
    const z = this.#fromLabels(unitLabels);
    return z
      .sub(this.#mask(parentSum(A, z)))
      .div(this.gain)
      .square()
      .mean() as tf.Scalar;
  }

  loss({ images, labels }: Batch, { rng }: LossContext): Loss {
    const { weights } = this.options;
    const { encoder, decoder } = this.parts;
    const n = images.shape[0];
    const d = this.scale.size;
    const k = this.latentSize;
    const given = this.scale.toUnitTensor(labels);

    const features = encoder.features(images);
    const head = encoder.labels(features);
    const { unitLabels, labelError } = usedLabels(given, head);
    const { mean, logSigma } = encoder.noise(features, unitLabels);
    const draw = tf.tensor2d(rng.split('noise').normals(n * d * k), [n, d * k]);
    // Stochastic on purpose: a deterministic ε = f(x, u) on deterministic data is a function of u
    // and could not be independent of it.
    const noise = mean.add(logSigma.exp().mul(draw)) as tf.Tensor2D;

    const latents = this.latentsOf(noise.reshape([n, d, k]), unitLabels);
    const { painted, target } = decoder.sample(
      latents.div(this.gain) as tf.Tensor3D,
      images,
      rng.split('pixels'),
    );
    const difference = painted.sub(target);
    const squared = difference.square().mean() as tf.Scalar;
    const absolute = difference.abs().mean() as tf.Scalar;

    const prior = tf.tensor2d(rng.split('prior').normals(n * d * k), [n, d * k]);
    const matching = mmd(noise, prior, { kernel: 'wae', estimator: 'unbiased' });
    const terms: Record<string, tf.Scalar> = {
      reconstruction: squared,
      label: labelError,
      divergence: matching,
    };
    let total = squared
      .mul(weights.reconstruction)
      .add(absolute.mul(weights.absolute))
      .add(labelError.mul(weights.label))
      .add(matching.mul(weights.divergence)) as tf.Scalar;
    const add = (name: string, term: () => tf.Scalar, factor: number): void => {
      if (factor === 0) return;
      terms[name] = term();
      total = total.add(terms[name].mul(factor));
    };
    const A = this.maskedAdjacency();
    const dependence = (): tf.Scalar => cka(noise, unitLabels);
    if (this.options.independence === 'hsic') {
      add('independence', dependence, weights.independence);
    }
    add(
      'labelConsistency',
      () => labelConsistency(A, unitLabels, this.allowedEdges()),
      weights.labelConsistency,
    );
    add('consistency', () => this.#consistency(A, unitLabels), weights.consistency);
    return { total, terms };
  }
}
