import { causalShape } from '@causal/models';
import { parseOptions } from '@causal/options';
import { z } from 'zod';

const weight = z.number().nonnegative();

const schema = z.strictObject({
  ...causalShape,
  /** How labels and noise become latents (report §3.2); default `'residual'`. */
  variant: z.enum(['residual', 'full', 'equation8']).default('residual'),
  /** D of equation (8): keeps the noise ε distributed as N(0, I). Default `'mmd'`. */
  divergence: z.enum(['mmd']).default('mmd'),
  /** H of equation (8): keeps the noise ε independent of the labels. Default `'hsic'`. */
  independence: z.enum(['hsic', 'none']).default('hsic'),
  /**
   * g₂, the mask layer: `'identity'` (default of `residual`) or `'mlp'` (default of the others, to
   * which it is essential).
   */
  maskLayer: z.enum(['identity', 'mlp']).optional(),
  /** Start of the labels' gain a in g₁(u) = a·(2u − 1 + …): far above the unit noise. Default 50. */
  gain: z.number().positive().default(50),
  /** Weights of the loss terms. */
  weights: z
    .strictObject({
      /** Squared error of the pixels. */
      reconstruction: weight.default(1),
      /** Absolute error of the pixels. */
      absolute: weight.default(0.1),
      /**
       * Squared error of the label head, unit scale. 10 rather than 1: with 1 the noise of the
       * divergence drowns it (eight times the label error, measured).
       */
      label: weight.default(10),
      /** λ₁ of equation (8). */
      divergence: weight.default(1),
      /** λ₂ of equation (8). */
      independence: weight.default(0.1),
      /** Equation (2): ‖u − σ(Aᵀu)‖². */
      labelConsistency: weight.default(0),
      /** Equation (4): ‖z₁ − g₂(Aᵀz₁)‖², in units of the gain. */
      consistency: weight.default(0),
    })
    .prefault({}),
});

/** Options of CausalWAE as given; all have defaults. */
export type CausalWAEOptions = z.input<typeof schema>;
/** Options of CausalWAE with every default filled in. */
export type ResolvedCausalWAEOptions = z.output<typeof schema>;

/** @throws OptionsError naming each wrong option, what was expected and what came. */
export function resolveOptions(options: CausalWAEOptions): ResolvedCausalWAEOptions {
  return parseOptions(schema, options, 'new CausalWAE(options)');
}
