import { openKernels } from '../../simd/kernels';
import { BETA1, BETA2, type Stage, type StageRun } from './stage-run';

/**
 * The same for the least-squares loss, all of it in the memory of the SIMD kernels: no copies between
 * steps. Undefined where there is no SIMD.
 * @param covariance XᵀX/n, row-major.
 */
export function simdRun(
  { size, mu, lambda1, s, forbidden, learningRate }: Stage,
  covariance: Float64Array,
  start: Float64Array,
): StageRun | undefined {
  const kernels = openKernels(size, 8);
  if (!kernels) return undefined;
  const { n, block, loops, pack } = kernels;
  const [a, b, c, star, slope, first, second, mask] = kernels.matrices as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  type Buffer = (typeof kernels.matrices)[number];
  kernels.put(covariance, c);
  kernels.put(
    Float64Array.from(forbidden, (v) => (v ? 0 : 1)),
    mask,
  );
  let [w, before] = [a, b];
  kernels.put(start, w);
  kernels.put(start, before);
  let rate = learningRate;
  let power1 = 1;
  let power2 = 1;
  return {
    size,
    steps: (count) => {
      const done = kernels.adamSteps(
        w.address,
        before.address,
        c.address,
        star.address,
        slope.address,
        first.address,
        second.address,
        mask.address,
        loops.address,
        pack,
        n,
        block,
        mu,
        lambda1,
        s,
        rate,
        power1,
        power2,
        count,
      );
      for (let step = 0; step < done; step++) {
        power1 *= BETA1;
        power2 *= BETA2;
      }
      if (done % 2 === 1) [w, before] = [before, w];
      return done;
    },
    retreat: () => {
      rate /= 2;
      const { values } = w;
      for (let i = 0; i < values.length; i++) values[i] = (values[i]! + before.values[i]!) / 2;
    },
    objective: () => {
      kernels.squareTransposed(before.address, star.address, n, 1 / s);
      kernels.close(star.address, n, block, loops.address, pack);
      kernels.product(c.address, before.address, c.address, -1, slope.address, n, pack);
      let h = 0;
      for (const loop of loops.values) h -= Math.log1p(-loop);
      let loss = 0;
      let norm = 0;
      before.values.forEach((v, at) => {
        const identity = at % (n + 1) === 0 ? 1 : 0;
        loss += (v - identity) * slope.values[at]!;
        norm += Math.abs(v);
      });
      return mu * (loss / 2 + lambda1 * norm) + h;
    },
    weights: () => kernels.take(before, new Float64Array(size * size)),
  };
}
