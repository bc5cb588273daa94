export { CausalVAE, type CausalVAEOptions, type CausalVAEWeights } from './causal-vae';
export { ConditionVAE, type ConditionVAEOptions } from './condition-vae';
export type { CausalVAEPreset } from './presets';
export { BetaVAE, VAE, type BetaVAEOptions, type VAEOptions } from './vae';
