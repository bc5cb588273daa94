import { SingularMatrixError } from './errors';
import { luCondition, luFactor, type LuFactors } from './flat/lu';

/** Factors a matrix that must have an inverse to float64 precision. */
export function factorRegular(data: Float64Array, n: number, operation: string): LuFactors {
  const factors = luFactor(data, n);
  const condition = luCondition(factors);
  if (!(condition < 1 / Number.EPSILON)) throw new SingularMatrixError(operation, condition);
  return factors;
}
