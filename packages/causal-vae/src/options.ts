import { causalShape } from '@causal/models';
import { parseOptions } from '@causal/options';
import { z } from 'zod';

const weight = z.number().nonnegative();

const schema = z.strictObject({
  ...causalShape,
  /** Latent dimensions of each concept, k. Default 4, as in the paper. */
  latentSize: causalShape.latentSize.unwrap().default(4),
  /**
   * Which entries of A are trained. `'graph'` (default): the edges of the concept graph, so that A
   * is a DAG by construction. `'free'`: all of them from 0, held acyclic by (3) as in the paper;
   * do() moves along the concept graph in both.
   */
  adjacency: z.enum(['graph', 'free']).default('graph'),
  /** Variance of a pixel value given the latents, p(x | z). Default 0.001. */
  outputVariance: z.number().positive().default(0.001),
  /** Weights of the loss terms. */
  weights: z
    .strictObject({
      /** α: KL(q(ε | x, u) ‖ N(0, I)). */
      noise: weight.default(0.3),
      /** β: KL(q(z | x, u) ‖ p(z | u)). */
      latent: weight.default(1),
      /** Squared error of the label head, unit scale, per concept. */
      label: weight.default(1000),
      /** γ₁, equation (2): ‖u − σ(Aᵀu)‖². */
      labelConsistency: weight.default(1),
      /** γ₂, equation (3): the poly-trace penalty h as 3h + h²/2, times this. */
      acyclicity: weight.default(1),
      /** γ₃, equation (4): ‖z − g(Aᵀz)‖². */
      consistency: weight.default(1),
    })
    .prefault({}),
});

/** Options of CausalVAE as given; all have defaults. */
export type CausalVAEOptions = z.input<typeof schema>;
/** Options of CausalVAE with every default filled in. */
export type ResolvedCausalVAEOptions = z.output<typeof schema>;

/** @throws OptionsError naming each wrong option, what was expected and what came. */
export function resolveOptions(options: CausalVAEOptions): ResolvedCausalVAEOptions {
  return parseOptions(schema, options, 'new CausalVAE(options)');
}
