import { closeOver } from '../../penalties/log-det';

/**
 * h(W) = −log det(sI − W∘W) + d log s with its gradient, on row-major buffers and without the
 * bookkeeping of the public penalty: what the inner loops call. NaN outside the domain.
 */
export function barrier(
  size: number,
  s: number,
): (w: Float64Array, gradient: Float64Array) => number {
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
