import { adam, type Optimizer, type OptimizerState } from '@causal/backend';
import { checkChoice, checkKeys, checkNumbers, show } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { checkCount, checkPositive, checkSample } from './inputs';
import type { Prior } from './priors';

export type GradientPenalty = 'none' | 'r1' | 'wgan-gp';

export interface LatentDiscriminatorOptions {
  /** Columns of the latents. */
  readonly dimension: number;
  /** Widths of the hidden layers. Default [512, 512, 512, 512], as in WAE. */
  readonly hidden?: readonly number[];
  /**
   * `'none'` (default); `'r1'`: E‖∇D‖² on prior samples (Mescheder et al. 2018); `'wgan-gp'`:
   * E(‖∇D‖ − 1)² between prior samples and codes (Gulrajani et al. 2017).
   */
  readonly penalty?: GradientPenalty;
  /** γ/2 of R1, λ of WGAN-GP. Default 5 and 10. */
  readonly penaltyWeight?: number;
  /**
   * WAE's trick: log p(z) of this prior is added to the network's output, which then needs to learn
   * the codes' density only (the best discriminator is log p(z) − log q(z)).
   */
  readonly logPrior?: Prior;
  /** Step size of the discriminator's own Adam. Default 1e-3. */
  readonly learningRate?: number;
  /** β₁ of that Adam. Default .5, as in WAE. */
  readonly beta1?: number;
  /** Generator of the initial weights. */
  readonly rng?: Rng;
  /** Seed of the initial weights where no `rng` is given. Default 0. */
  readonly seed?: number | string;
}

const KNOWN = [
  'dimension', 'hidden', 'penalty', 'penaltyWeight', 'logPrior', 'learningRate', 'beta1', 'rng',
  'seed',
]; // prettier-ignore

/** Slope of the leaky ReLU on the negative side. */
const LEAK = 0.2;

/**
 * Tells prior samples from codes: the adversary of WAE-GAN. The encoder minimises
 * {@link LatentDiscriminator.encoderLoss} (non-saturating); the discriminator minimises
 * {@link LatentDiscriminator.loss} by {@link LatentDiscriminator.step} with its own optimiser, or by
 * anyone who takes {@link LatentDiscriminator.parameters}.
 */
export class LatentDiscriminator {
  readonly #layers: ReadonlyArray<{ readonly kernel: tf.Variable; readonly bias: tf.Variable }>;
  readonly #dimension: number;
  readonly #optimizer: Optimizer;
  readonly #penalty: GradientPenalty;
  readonly #penaltyWeight: number;
  readonly #logPrior: NonNullable<Prior['logDensity']> | undefined;

  constructor(options: LatentDiscriminatorOptions) {
    checkKeys(options, KNOWN, 'LatentDiscriminator');
    const { dimension, hidden = [512, 512, 512, 512], penalty = 'none', logPrior } = options;
    checkCount(dimension, 'dimension', 'LatentDiscriminator');
    checkNumbers(hidden, 'hidden', 'LatentDiscriminator');
    hidden.forEach((width) => checkCount(width, 'hidden', 'LatentDiscriminator'));
    checkChoice(penalty, ['none', 'r1', 'wgan-gp'], 'penalty', 'LatentDiscriminator');
    if (logPrior !== undefined && typeof logPrior?.logDensity !== 'function') {
      throw new TypeError(
        `LatentDiscriminator: logPrior must be a prior with a log density, got ${(logPrior as Prior | null)?.name ?? show(logPrior)}.`,
      );
    }
    if (logPrior !== undefined && logPrior.dimension !== dimension) {
      throw new RangeError(
        `LatentDiscriminator: logPrior must have dimension ${dimension}, got ${logPrior.dimension}.`,
      );
    }
    const { penaltyWeight = penalty === 'r1' ? 5 : 10 } = options;
    checkPositive(penaltyWeight, 'penaltyWeight', 'LatentDiscriminator');
    this.#dimension = dimension;
    this.#penalty = penalty;
    this.#penaltyWeight = penaltyWeight;
    this.#logPrior = logPrior?.logDensity?.bind(logPrior);
    const rng = options.rng ?? createRng(options.seed ?? 0).split('discriminator');
    const widths = [dimension, ...hidden, 1];
    this.#layers = widths.slice(1).map((out, l) => {
      const fanIn = widths[l]!;
      // He's initialisation for the leaky slope.
      const std = Math.sqrt(2 / ((1 + LEAK * LEAK) * fanIn));
      const values = rng.fillNormal(new Float32Array(fanIn * out), 0, std);
      const variables = tf.tidy(() => ({
        kernel: tf.variable(tf.tensor2d(values, [fanIn, out])),
        bias: tf.variable(tf.zeros([out])),
      }));
      return variables;
    });
    const { learningRate = 1e-3, beta1 = 0.5 } = options;
    this.#optimizer = adam({ learningRate, beta1 });
  }

  /** Name → variable: `layer0/kernel`, `layer0/bias`, … */
  parameters(): Record<string, tf.Variable> {
    return Object.fromEntries(
      this.#layers.flatMap(({ kernel, bias }, l) => [
        [`layer${l}/kernel`, kernel],
        [`layer${l}/bias`, bias],
      ]),
    );
  }

  /** How much more likely each row is from the prior than a code, in nats: [n, 1]. */
  logits(z: tf.Tensor2D): tf.Tensor2D {
    this.#check(z, 'z', 'logits');
    return tf.tidy(() => {
      const output = this.#forward(z).output;
      if (this.#logPrior === undefined) return output;
      return tf.add(output, tf.reshape(this.#logPrior(z), [-1, 1])) as tf.Tensor2D;
    });
  }

  /** What the encoder minimises: E[softplus(−D(codes))], non-saturating. */
  encoderLoss(codes: tf.Tensor2D): tf.Scalar {
    this.#check(codes, 'codes', 'encoderLoss');
    return tf.tidy(() => tf.mean(tf.softplus(tf.neg(this.logits(codes)))) as tf.Scalar);
  }

  /**
   * What the discriminator minimises: E[softplus(−D(prior))] + E[softplus(D(codes))], and the
   * penalty. Codes get no gradient when `parameters` are what is differentiated.
   * @param prior Samples of the prior [n, dimension]. @param codes Encoded data [m, dimension].
   * @param rng Where between the two WGAN-GP looks; only it draws, and it needs n = m.
   */
  loss(prior: tf.Tensor2D, codes: tf.Tensor2D, rng?: Rng): tf.Scalar {
    this.#check(prior, 'prior', 'loss');
    this.#check(codes, 'codes', 'loss');
    return tf.tidy(() => {
      const entropy = tf.add(
        tf.mean(tf.softplus(tf.neg(this.logits(prior)))),
        tf.mean(tf.softplus(this.logits(codes))),
      ) as tf.Scalar;
      if (this.#penalty === 'none') return entropy;
      const at = this.#penalty === 'r1' ? prior : between(prior, codes, rng);
      return tf.add(entropy, tf.mul(this.#gradientPenalty(at), this.#penaltyWeight)) as tf.Scalar;
    });
  }

  /** One step of the discriminator's own optimiser on {@link loss}; gives the loss before it. */
  step(prior: tf.Tensor2D, codes: tf.Tensor2D, rng?: Rng): tf.Scalar {
    const parameters = this.parameters();
    const { value, grads } = tf.variableGrads(
      () => this.loss(prior, codes, rng),
      Object.values(parameters),
    );
    const named = Object.fromEntries(
      Object.entries(parameters).map(([name, variable]) => [name, grads[variable.name]!]),
    );
    this.#optimizer.step(named, parameters);
    tf.dispose(grads);
    return value;
  }

  /** The optimiser's live state, for checkpoints. */
  optimizerState(): OptimizerState {
    return this.#optimizer.state();
  }

  /** Takes over a state that {@link optimizerState} gave. */
  restoreOptimizer(state: OptimizerState): void {
    this.#optimizer.restore(state);
  }

  dispose(): void {
    this.#optimizer.dispose();
    tf.dispose(this.parameters());
  }

  #check(z: tf.Tensor2D, name: string, method: string): void {
    const caller = `LatentDiscriminator.${method}`;
    checkSample(z, name, caller);
    if (z.shape[1] !== this.#dimension) {
      throw new RangeError(
        `${caller}: ${name} must have ${this.#dimension} columns, as the discriminator was made for, got ${z.shape[1]}.`,
      );
    }
  }

  #forward(z: tf.Tensor2D): { output: tf.Tensor2D; slopes: tf.Tensor2D[] } {
    const slopes: tf.Tensor2D[] = [];
    let h = z;
    this.#layers.forEach(({ kernel, bias }, l) => {
      h = tf.add(tf.matMul(h, kernel as unknown as tf.Tensor2D), bias);
      if (l === this.#layers.length - 1) return;
      slopes.push(tf.add(tf.mul(tf.step(h), 1 - LEAK), LEAK) as tf.Tensor2D);
      h = tf.leakyRelu(h, LEAK);
    });
    return { output: h, slopes };
  }

  /**
   * The gradient of the network by its input, as a chain of products with the kernels, so that an
   * ordinary tape gives the penalty's gradient by them. A leaky ReLU's slope is constant almost
   * everywhere: nothing is lost. log p(z) is known and not penalised.
   */
  #gradientPenalty(z: tf.Tensor2D): tf.Scalar {
    const { slopes } = this.#forward(z);
    const last = this.#layers.length - 1;
    let g = tf.tile(tf.transpose(this.#layers[last]!.kernel), [z.shape[0], 1]) as tf.Tensor2D;
    for (let l = last - 1; l >= 0; l--) {
      const kernel = this.#layers[l]!.kernel as unknown as tf.Tensor2D;
      g = tf.matMul(tf.mul(g, slopes[l]!) as tf.Tensor2D, tf.transpose(kernel));
    }
    const squares = tf.sum(tf.square(g), 1);
    if (this.#penalty === 'r1') return tf.mean(squares) as tf.Scalar;
    // The root's slope is infinite at 0.
    const norms = tf.sqrt(tf.maximum(squares, 1e-12));
    return tf.mean(tf.square(tf.sub(norms, 1))) as tf.Scalar;
  }
}

function between(prior: tf.Tensor2D, codes: tf.Tensor2D, rng: Rng | undefined): tf.Tensor2D {
  if (rng === undefined || prior.shape[0] !== codes.shape[0]) {
    throw new TypeError(
      `LatentDiscriminator: 'wgan-gp' needs an rng and as many prior samples as codes, got ${prior.shape[0]} and ${codes.shape[0]}.`,
    );
  }
  const n = prior.shape[0];
  const at = tf.tensor2d(rng.uniforms(n), [n, 1]);
  return tf.add(codes, tf.mul(tf.sub(prior, codes), at)) as tf.Tensor2D;
}
