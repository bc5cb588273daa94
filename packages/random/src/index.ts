export { createRng, Rng, type RngState } from './rng';
