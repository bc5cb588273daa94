export { CausalWAE } from './causal-wae';
export type { CausalWAEOptions, ResolvedCausalWAEOptions } from './options';
