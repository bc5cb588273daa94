import { closeOver } from '../../penalties/log-det';
import { openKernels, type Kernels } from '../../simd/kernels';
import { withValue, type BentPenalty, type FlatObjective } from '../bent-penalty';

/**
 * h(W) = −log det(sI − W∘W) + d log s on row-major buffers and without the bookkeeping of the public
 * penalty: what the inner loops call. NaN outside the domain. ∂h/∂W = 2(sI − W∘W)⁻ᵀ∘W.
 */
export function barrier(size: number, s: number): BentPenalty {
  const kernels = openKernels(size, 2);
  return withValue(kernels ? simdCurvature(kernels, size, s) : plainCurvature(size, s));
}

/** In JavaScript: what the SIMD kernels are tested against. */
export const plainBarrier = (size: number, s: number): BentPenalty =>
  withValue(plainCurvature(size, s));

function simdCurvature(kernels: Kernels, size: number, s: number): FlatObjective {
  const { n, block, loops, pack } = kernels;
  const [weights, star] = kernels.matrices as [
    (typeof kernels.matrices)[number],
    (typeof kernels.matrices)[number],
  ];
  return (w, bend) => {
    kernels.put(w, weights);
    kernels.squareTransposed(weights.address, star.address, n, 1 / s);
    if (!kernels.close(star.address, n, block, loops.address, pack)) return NaN;
    let h = 0;
    for (let i = 0; i < size; i++) {
      h -= Math.log1p(-loops.values[i]!);
      for (let j = 0; j < size; j++) {
        bend[i * size + j] = (2 * (star.values[i * n + j]! + (i === j ? 1 : 0))) / s;
      }
    }
    return h;
  };
}

function plainCurvature(size: number, s: number): FlatObjective {
  const values = new Float64Array(size * size);
  return (w, bend) => {
    for (let i = 0; i < w.length; i++) values[i] = (w[i]! * w[i]!) / s;
    const h = closeOver({ size, values });
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        bend[i * size + j] = (2 * (values[j * size + i]! + (i === j ? 1 : 0))) / s;
      }
    }
    return h;
  };
}
