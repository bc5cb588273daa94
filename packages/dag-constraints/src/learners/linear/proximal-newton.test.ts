import { readTable } from '../../data/table';
import { linearData } from '../../testing/linear-data';
import { expPenalty } from '../exp-penalty';
import { splitSolver } from '../split-solver';
import { covariance, linearLoss } from './losses';
import { proximalNewton } from './proximal-newton';

/** F's pieces of six variables, two of them one and the same but for a little noise. */
function problem(seed: number) {
  const { x, weights } = linearData(6, 8, 400, seed);
  const twins = x.map((row) => [...row, row[0]! * 30 + row[1]! * 1e-3]);
  const table = readTable(twins, { caller: 'test' });
  const size = weights.length + 1;
  const c = covariance(table);
  const fixed = Float64Array.from({ length: size * size }, (_, at) =>
    at % (size + 1) === 0 || at === 3 ? 1 : 0,
  );
  return { size, covariance: c, loss: linearLoss(table, 'l2', 'test', c), fixed, lambda1: 0.1 };
}

const quiet = (): undefined => undefined;

describe('proximalNewton', () => {
  it.each([1, 2, 3])(
    'finds the minimum that L-BFGS-B finds, in fewer steps (seed %d)',
    async (seed) => {
      const pieces = problem(seed);
      const { size, covariance: c, loss, fixed, lambda1 } = pieces;
      const n = size * size;
      const newton = proximalNewton({ ...pieces, valueTolerance: 1e-13 });
      const squares = c.map((_, at) => c[Math.floor(at / size) * (size + 1)]!);
      const plain = splitSolver(
        { objective: loss, lambda1, sparse: n, fixed, curvature: () => squares.slice() },
        {
          size,
          weights: (theta) => theta,
          pull: (_, slope, out) => slope.forEach((v, i) => (out[i]! += v)),
          spread: (values, out) => values.forEach((v, i) => (out[i]! += v)),
        },
        1e-13,
        'test',
      );
      const penalty = expPenalty(size, 'test');
      const slope = new Float64Array(n);
      const value = (w: Float64Array, rho: number, alpha: number): number => {
        const h = penalty.value(w, slope);
        const norm = w.reduce((sum, v) => sum + Math.abs(v), 0);
        return loss(w, slope) + lambda1 * norm + alpha * h + 0.5 * rho * h * h;
      };
      let start = new Float64Array(n);
      // As ρ grows F is no longer convex: both go on from the same point.
      for (const [rho, alpha] of [
        [0, 0],
        [1, 0],
        [10, 1],
        [1e4, 20],
      ] as const) {
        const before = start.slice();
        const ours = await newton(
          { penalty, price: (h) => [h * (alpha + 0.5 * rho * h), alpha + rho * h, rho] },
          start,
          quiet,
        );
        expect(start).toEqual(before);
        const reference = await plain({ rho, alpha }, start, quiet);
        const [found, expected] = [
          value(ours.theta, rho, alpha),
          value(reference.theta, rho, alpha),
        ];
        expect(found).toBeLessThan(expected + 1e-4 * Math.abs(expected));
        expect(ours.evaluations).toBeLessThan(reference.evaluations);
        expect(ours.h).toBeCloseTo(penalty.value(ours.theta, slope), 9);
        expect(ours.loss).toBeCloseTo(loss(ours.theta, slope), 9);
        ours.theta.forEach((v, at) => fixed[at] && expect(v).toBe(0));
        if (rho === 0)
          ours.theta.forEach((v, at) => expect(v).toBeCloseTo(reference.theta[at]!, 2));
        start = ours.theta as Float64Array<ArrayBuffer>;
      }
    },
  );

  it('can be stopped between two iterations', async () => {
    const pieces = problem(4);
    const newton = proximalNewton({ ...pieces, valueTolerance: 0 });
    const stop = (): never => {
      throw new Error('enough');
    };
    await expect(
      newton(
        { penalty: expPenalty(pieces.size, 'test'), price: (h) => [h, 1, 0] },
        new Float64Array(pieces.size ** 2),
        stop,
      ),
    ).rejects.toThrow('enough');
  });
});
