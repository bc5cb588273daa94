export { CausalWAE, type CausalWAEOptions, type CausalWAEWeights } from './causal-wae';
export type { DivergenceName, DivergenceOptionsInput } from './divergence';
export { HsicVAE, type HsicVAEOptions } from './hsic-vae';
export type { IndependenceName } from './independence';
export { SinkhornAutoencoder, type SinkhornAutoencoderOptions } from './sinkhorn-autoencoder';
export { WAE, type WAEOptions } from './wae';
