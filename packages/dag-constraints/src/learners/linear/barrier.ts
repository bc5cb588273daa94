import { closeOver } from '../../penalties/log-det';
import { openKernels, type Kernels } from '../../simd/kernels';
import type { FlatObjective } from '../exp-penalty';

/**
 * h(W) = −log det(sI − W∘W) + d log s with its gradient, on row-major buffers and without the
 * bookkeeping of the public penalty: what the inner loops call. NaN outside the domain.
 */
export function barrier(size: number, s: number): FlatObjective {
  const kernels = openKernels(size, 2);
  return kernels ? simdBarrier(kernels, size, s) : plainBarrier(size, s);
}

function simdBarrier(kernels: Kernels, size: number, s: number): FlatObjective {
  const { n, block, loops, pack } = kernels;
  const [weights, star] = kernels.matrices as [
    (typeof kernels.matrices)[number],
    (typeof kernels.matrices)[number],
  ];
  return (w, gradient) => {
    kernels.put(w, weights);
    kernels.squareTransposed(weights.address, star.address, n, 1 / s);
    if (!kernels.close(star.address, n, block, loops.address, pack)) return NaN;
    let h = 0;
    for (let i = 0; i < size; i++) {
      h -= Math.log1p(-loops.values[i]!);
      for (let j = 0; j < size; j++) {
        const at = i * size + j;
        gradient[at] = (2 * w[at]! * (star.values[i * n + j]! + (i === j ? 1 : 0))) / s;
      }
    }
    return h;
  };
}

export function plainBarrier(size: number, s: number): FlatObjective {
  const values = new Float64Array(size * size);
  return (w, gradient) => {
    for (let i = 0; i < w.length; i++) values[i] = (w[i]! * w[i]!) / s;
    const h = closeOver({ size, values });
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const star = values[j * size + i]! + (i === j ? 1 : 0);
        gradient[i * size + j] = (2 * w[i * size + j]! * star) / s;
      }
    }
    return h;
  };
}
