export type { Matrix } from './matrix';
export { condition, inverse, slogdet, solve } from './solve';
