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
