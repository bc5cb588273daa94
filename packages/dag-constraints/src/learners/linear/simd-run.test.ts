import { createRng } from '@causal/random';
import { readTable } from '../../data/table';
import { linearData } from '../../testing/linear-data';
import { barrier, plainBarrier } from './barrier';
import { covariance, linearLoss } from './losses';
import { simdRun } from './simd-run';
import { plainRun, type Stage, type StageRun } from './stage-run';

/** The same stage by both, from small random weights. */
function both(d: number, change: Partial<Stage> = {}): [StageRun, StageRun] {
  const rng = createRng(d);
  const table = readTable(linearData(d, Math.min(d, (d * (d - 1)) / 2), 10 * d, d).x, {
    caller: 'test',
  });
  const forbidden = Uint8Array.from({ length: d * d }, () =>
    d > 1 && rng.uniform() < 0.2 ? 1 : 0,
  );
  const start = Float64Array.from(forbidden, (v) => (v ? 0 : (0.3 / Math.sqrt(d)) * rng.normal()));
  const stage = { size: d, mu: 0.5, lambda1: 0.03, s: 0.9, learningRate: 1e-3, forbidden };
  const problem: Stage = { ...stage, ...change };
  const simd = simdRun(problem, covariance(table), start);
  if (!simd) throw new Error('Node has SIMD');
  const loss = linearLoss(table, 'l2', 'test');
  return [simd, plainRun(problem, loss, plainBarrier(d, problem.s).value, start)];
}

const expectSame = (simd: StageRun, plain: StageRun): void => {
  const reference = plain.weights();
  expect(reference.some((v) => v !== 0)).toBe(true);
  simd.weights().forEach((v, i) => expect(v).toBeCloseTo(reference[i]!, 9));
  expect(simd.objective() / plain.objective()).toBeCloseTo(1, 10);
};

describe('simdRun', () => {
  // Sizes around the tiles of 4, the blocks of 8 and 32, and the 48 rows packed together.
  it.each([1, 2, 3, 4, 5, 8, 9, 13, 31, 50, 101])('takes the steps of plainRun at d = %d', (d) => {
    const [simd, plain] = both(d);
    for (const count of [1, 2, 30]) {
      expect(simd.steps(count)).toBe(count);
      expect(plain.steps(count)).toBe(count);
    }
    expectSame(simd, plain);
  });

  it('leaves the domain at the same step, and comes back to it the same way', () => {
    const [simd, plain] = both(6, { learningRate: 0.3, mu: 100 });
    let left = 0;
    for (let round = 0; round < 30; round++) {
      const done = plain.steps(5);
      expect(simd.steps(5)).toBe(done);
      if (done === 5) continue;
      left++;
      plain.retreat();
      simd.retreat();
    }
    expect(left).toBeGreaterThan(1);
    expectSame(simd, plain);
  });

  it('works with blocks of 32 nodes', () => {
    const [simd, plain] = both(162);
    expect([simd.steps(2), plain.steps(2)]).toEqual([2, 2]);
    expectSame(simd, plain);
  });

  it('has the barrier of the plain code, and its domain', () => {
    const rng = createRng(4);
    for (const scale of [0.1, 0.3, 2]) {
      const w = Float64Array.from({ length: 49 }, () => scale * rng.normal());
      const [fast, plain] = [new Float64Array(49), new Float64Array(49)];
      const value = barrier(7, 0.8).value(w, fast);
      const reference = plainBarrier(7, 0.8).value(w, plain);
      expect(Number.isFinite(value)).toBe(scale < 1);
      if (!Number.isFinite(reference)) expect(value).toBeNaN();
      else {
        expect(value).toBeCloseTo(reference, 12);
        fast.forEach((v, i) => expect(v).toBeCloseTo(plain[i]!, 10));
      }
    }
  });
});
