import { polyTrace } from '@causal/dag-constraints';
import type { Batch } from '@causal/datasets';
import { klDiagonalGaussian } from '@causal/divergences';
import {
  CausalAutoencoder,
  ConceptMlp,
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
import { latentKl, type DiagonalGaussian } from './latent-kl';
import { resolveOptions, type CausalVAEOptions, type ResolvedCausalVAEOptions } from './options';

const MASK_HIDDEN = 32;
const PRIOR_HIDDEN = 32;
/** log λ₂² is kept in here. */
const LOG_VARIANCE_RANGE = [-8, 4] as const;

/**
 * CausalVAE (Yang et al., CVPR 2021; report §2): a variational autoencoder whose latents are a
 * structural causal model of the labelled concepts.
 *
 * q(ε | x, u) gives the noise, z₁ = (I − Aᵀ)⁻¹ε the endogenous latents, held to the conditional
 * prior p(z | u); the mask layer gives z₂ = g(Aᵀz₁) + ε, from which the picture is decoded.
 *
 * do() moves labels along the concept graph; a concept's latent moves by what its prior mean does,
 * λ₁(u after) − λ₁(u before), so that everything but the targets and their effects stays the same
 * bits, and no intervention is the reconstruction.
 */
export class CausalVAE extends CausalAutoencoder<ResolvedCausalVAEOptions> {
  readonly kind = 'CausalVAE';
  protected readonly gain = 1;
  protected readonly trainsAdjacency = true;
  #maskLayer!: ConceptMlp;
  #prior!: ConceptMlp;

  /**
   * @param config `data` gives concepts, picture shape and label scale; the rest are options.
   * @throws OptionsError on an unknown or wrong option.
   */
  constructor(config: { data: ConceptSource } & CausalVAEOptions) {
    const { data, ...given } = config ?? {};
    super(data, resolveOptions(given));
  }

  /** Reads a model that {@link CausalAutoencoder.save} wrote (Node). */
  static async load(folder: string): Promise<CausalVAE> {
    const { readModelFolder } = await import('@causal/training/node');
    return CausalVAE.unpack((await readModelFolder(folder)) as PackedModel);
  }

  /** Builds a model from what {@link CausalAutoencoder.pack} gave; works in browsers. */
  static unpack(packed: PackedModel): Promise<CausalVAE> {
    return unpackModel(
      packed,
      'CausalVAE',
      (config) => new CausalVAE(config as { data: ConceptSource } & CausalVAEOptions),
    );
  }

  protected buildOwn(rng: Rng): void {
    const d = this.scale.size;
    const k = this.latentSize;
    const mask = { concepts: d, inputs: k, hidden: MASK_HIDDEN, outputs: k };
    const prior = { concepts: d, inputs: 1, hidden: PRIOR_HIDDEN, outputs: 2 * k };
    this.#maskLayer = new ConceptMlp(rng.split('g'), mask);
    this.#prior = new ConceptMlp(rng.split('prior'), prior);
    if (this.options.adjacency === 'free') {
      tf.tidy(() => this.parts.adjacency.assign(tf.zeros([d, d])));
    }
  }

  protected ownParameters(): Parameters {
    return {
      ...prefixed('mask-layer', this.#maskLayer.parameters()),
      ...prefixed('prior', this.#prior.parameters()),
    };
  }

  protected override allowedEdges(): number[][] {
    if (this.options.adjacency === 'graph') return super.allowedEdges();
    return this.concepts.map((_, i) => this.concepts.map((__, j) => (i === j ? 0 : 1)));
  }

  /** p(z | u): λ₁ and log λ₂² [n, d, k], each concept from its own label. */
  #priorOf(unitLabels: tf.Tensor2D): DiagonalGaussian {
    const centred = unitLabels.mul(2).sub(1).expandDims(2) as tf.Tensor3D;
    const [mean, logVariance] = tf.split(this.#prior.apply(centred), 2, 2) as tf.Tensor3D[];
    return { mean: mean!, logVariance: tf.clipByValue(logVariance!, ...LOG_VARIANCE_RANGE) };
  }

  /** z₂ = g(Aᵀz₁) + (I − Aᵀ)z₁ from z₁; the second term is ε. */
  #decoded(A: tf.Tensor2D, z1: tf.Tensor3D): tf.Tensor3D {
    return this.#maskLayer.apply(parentSum(A, z1)).add(exogenous(A, z1));
  }

  protected latentsOf(noise: tf.Tensor3D): tf.Tensor3D {
    const A = this.maskedAdjacency();
    return this.#decoded(A, endogenous(A, noise));
  }

  protected override latentsAfter(
    noise: tf.Tensor3D,
    before: tf.Tensor2D,
    after: tf.Tensor2D,
  ): tf.Tensor3D {
    const A = this.maskedAdjacency();
    const moved = this.#priorOf(after).mean.sub(this.#priorOf(before).mean);
    return this.#decoded(A, endogenous(A, noise).add(moved) as tf.Tensor3D);
  }

  protected override latentsFromPrior(noise: tf.Tensor3D, unitLabels: tf.Tensor2D): tf.Tensor3D {
    const { mean, logVariance } = this.#priorOf(unitLabels);
    const z1 = mean.add(logVariance.mul(0.5).exp().mul(noise)) as tf.Tensor3D;
    return this.#decoded(this.maskedAdjacency(), z1);
  }

  loss({ images, labels }: Batch, { rng }: LossContext): Loss {
    const { weights, outputVariance } = this.options;
    const { encoder, decoder } = this.parts;
    const n = images.shape[0];
    const shape: [number, number, number] = [n, this.scale.size, this.latentSize];
    const features = encoder.features(images);
    const { unitLabels, labelError } = usedLabels(
      this.scale.toUnitTensor(labels),
      encoder.labels(features),
    );
    const posterior = encoder.noise(features, unitLabels);
    const noise: DiagonalGaussian = {
      mean: posterior.mean.reshape(shape),
      logVariance: posterior.logSigma.mul(2).reshape(shape),
    };
    const draw = tf.tensor3d(rng.split('noise').normals(tf.util.sizeFromShape(shape)), shape);
    const epsilon = noise.mean.add(noise.logVariance.mul(0.5).exp().mul(draw)) as tf.Tensor3D;

    const A = this.maskedAdjacency();
    const z1 = endogenous(A, epsilon);
    const { painted, target } = decoder.sample(this.#decoded(A, z1), images, rng.split('pixels'));
    // −log p(x | z) up to a constant, over all values of a picture, from the pixels painted.
    const values = this.imageShape[0] * this.imageShape[1] * this.imageShape[2];
    const squared = painted.sub(target).square().mean() as tf.Scalar;
    const reconstruction = squared.mul(values / (2 * outputVariance)) as tf.Scalar;

    const h = polyTrace(A);
    const terms = {
      reconstruction,
      noise: klDiagonalGaussian(noise.mean, noise.logVariance),
      latent: latentKl(A, noise, this.#priorOf(unitLabels)),
      label: labelError,
      labelConsistency: labelConsistency(A, unitLabels, this.allowedEdges()),
      acyclicity: h.mul(3).add(h.square().mul(0.5)) as tf.Scalar,
      consistency: z1
        .sub(this.#maskLayer.apply(parentSum(A, z1)))
        .square()
        .mean() as tf.Scalar,
    };
    const total = tf.addN([
      terms.reconstruction,
      ...(Object.keys(weights) as (keyof typeof weights)[]).map((name) =>
        terms[name].mul(weights[name]),
      ),
    ]) as tf.Scalar;
    return { total, terms };
  }
}
