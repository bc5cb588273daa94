export { SingularMatrixError } from './errors';
export { expm } from './expm';
export * as flat from './flat/index';
export * as host from './host/index';
export { inverse } from './inverse';
export { slogdet, type Slogdet } from './slogdet';
export { solve } from './solve';
