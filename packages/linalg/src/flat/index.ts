export { combine, norm1 } from './combine';
export { exponential, type Exponential } from './expm';
export {
  luCondition,
  luFactor,
  luInverse,
  luSlogdet,
  luSolve,
  luSolveTransposed,
  type LuFactors,
} from './lu';
export { matMul, transpose } from './matmul';
