import { simdKernels } from '../simd/kernels';
import { simdInverseGradient } from '../simd/operations';
import { scaleInPlace } from './elementwise';
import { plainMatMul, transpose } from './matmul';

/** Sizes from which copying to the SIMD kernels and back pays. */
const SIMD_FROM = 16;

/** −YᵀGYᵀ: the gradient of the inverse Y = A⁻¹ when ∂Y is G (Giles 2008, §2.2.3). */
export function inverseGradient(y: Float64Array, g: Float64Array, n: number): Float64Array {
  const kernels = n < SIMD_FROM ? undefined : simdKernels();
  return kernels === undefined
    ? plainInverseGradient(y, g, n)
    : simdInverseGradient(kernels, y, g, n);
}

/** The same, in JavaScript. */
export function plainInverseGradient(y: Float64Array, g: Float64Array, n: number): Float64Array {
  const turned = transpose(y, n, n);
  const times = (a: Float64Array, b: Float64Array) =>
    plainMatMul(a, b, n, n, n, new Float64Array(n * n));
  return scaleInPlace(times(times(turned, g), turned), -1);
}
