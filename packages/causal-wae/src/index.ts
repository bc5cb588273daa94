export { CausalWAE, type CausalWAEOptions, type CausalWAEWeights } from './causal-wae';
export type { DivergenceName, DivergenceOptionsInput } from './divergence';
export type { IndependenceName } from './independence';
