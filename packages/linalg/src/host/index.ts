export { expm, expmFrechet } from './expm';
export type { Matrix } from './matrix';
export { matMul } from './products';
export { condition, inverse, slogdet, solve } from './solve';
export { cholesky, eigenSymmetric, type SymmetricEigen } from './symmetric';
