import { SingularMatrixError } from './errors';
import { norm1 } from './flat/combine';
import { luCondition, luFactor, type LuFactors, luInverse } from './flat/lu';

/** Refuses a condition number at which float64 has no correct digit left. */
function checkCondition(condition: number, operation: string): void {
  if (!(condition < 1 / Number.EPSILON)) throw new SingularMatrixError(operation, condition);
}

/** Factors a matrix that must have an inverse to float64 precision. */
export function factorRegular(data: Float64Array, n: number, operation: string): LuFactors {
  const factors = luFactor(data, n);
  checkCondition(luCondition(factors), operation);
  return factors;
}

/** The inverse of a matrix that must have one to float64 precision. */
export function invertRegular(data: Float64Array, n: number, operation: string): Float64Array {
  const factors = luFactor(data, n);
  if (factors.singular) throw new SingularMatrixError(operation, Infinity);
  const inverse = luInverse(factors);
  // Exact, and cheaper than the estimate, now that the inverse is there.
  if (n > 0) checkCondition(factors.norm1 * norm1(inverse, n), operation);
  return inverse;
}
