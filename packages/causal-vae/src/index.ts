export { CausalVAE } from './causal-vae';
export type { CausalVAEOptions, ResolvedCausalVAEOptions } from './options';
