import { countTensors, numericGradient, useEngine } from '@causal/testing';
import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  gradientsOf,
  normalRows,
  relativeError,
  rowsOf,
  scalarOf,
  tensor,
  type Rows,
} from '../../test-support/reference';
import { plainSinkhorn, plainTransport } from '../../test-support/transport';
import { entropicOT, sinkhornDivergence, solveEntropicOT, type TransportOptions } from '../index';

useEngine();

const divergence = (x: Rows, y: Rows, options: TransportOptions): number =>
  scalarOf(() => sinkhornDivergence(tensor(x), tensor(y), options));
const transport = (x: Rows, y: Rows, options: TransportOptions): number =>
  scalarOf(() => entropicOT(tensor(x), tensor(y), options));

const x = normalRows(9, 2, 'x');
const y = normalRows(7, 2, 'y', { mean: 1 });
const tolerance = 1e-5;

describe.each(['squared-euclidean', 'euclidean'] as const)('cost %s', (cost) => {
  const power = cost === 'euclidean' ? 1 : 2;

  it.each([0.3, 1, 5])('ε = %s: values of a float64 solver', (epsilon) => {
    const options = { epsilon, cost, tolerance };
    const ot = plainTransport(x, y, epsilon, power).value;
    expect(relativeError([transport(x, y, options)], [ot])).toBeLessThan(2e-5);
    const expected = plainSinkhorn(x, y, epsilon, power);
    expect(relativeError([divergence(x, y, options)], [expected])).toBeLessThan(2e-5);
  });

  it('gradients by finite differences of the float64 solver', () => {
    const options = { epsilon: 2, cost, tolerance };
    const [x, y] = [normalRows(4, 2, 'x'), normalRows(3, 2, 'y', { mean: 1 })];
    for (const [loss, plain] of [
      [entropicOT, (a: Rows, b: Rows) => plainTransport(a, b, 2, power).value],
      [sinkhornDivergence, (a: Rows, b: Rows) => plainSinkhorn(a, b, 2, power)],
    ] as const) {
      const [gx, gy] = gradientsOf((a, b) => loss(a, b, options), x, y);
      const nx = numericGradient((f) => plain(rowsOf(f, 2), y), x.flat(), 1e-4);
      const ny = numericGradient((f) => plain(x, rowsOf(f, 2)), y.flat(), 1e-4);
      expect(relativeError(gx!, nx)).toBeLessThan(1e-4);
      expect(relativeError(gy!, ny)).toBeLessThan(1e-4);
    }
  });

  it('in tiles as with whole matrices', () => {
    const whole = { epsilon: 1, cost, tolerance };
    const tiled = { ...whole, blockSize: 4 };
    expect(relativeError([divergence(x, y, tiled)], [divergence(x, y, whole)])).toBeLessThan(1e-5);
    const a = gradientsOf((p, q) => sinkhornDivergence(p, q, whole), x, y);
    const b = gradientsOf((p, q) => sinkhornDivergence(p, q, tiled), x, y);
    a.forEach((g, v) => expect(relativeError(b[v]!, g)).toBeLessThan(1e-4));
  });
});

describe('sinkhornDivergence', () => {
  it('between Diracs is the cost, and of a moved sample the squared shift', () => {
    expect(divergence([[0, 0]], [[3, 4]], { epsilon: 1 })).toBeCloseTo(25, 4);
    const moved = x.map(([a, b]) => [a! + 2, b! - 1]).reverse();
    expect(divergence(x, moved, { epsilon: 0.2, tolerance })).toBeCloseTo(5, 3);
  });

  it('is exactly 0, with no gradient, between a sample and itself, and never below', () => {
    for (const scale of [1e-3, 1, 1e4]) {
      for (const blockSize of [undefined, 4]) {
        const rows = normalRows(9, 2, 'self').map((row) => row.map((v) => v * scale));
        const options = { epsilon: 0.05 * scale ** 2, ...(blockSize ? { blockSize } : {}) };
        expect(divergence(rows, rows, options)).toBe(0);
        const [gx, gy] = gradientsOf((a, b) => sinkhornDivergence(a, b, options), rows, rows);
        expect([...gx!, ...gy!].every((g) => g === 0)).toBe(true);
        expect(divergence(rows, [...rows].reverse(), options)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('laws: 0 on equal samples, symmetric, never negative', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom(0.3, 1, 3, 300),
        (seed, epsilon) => {
          const [a, b] = [normalRows(6, 3, seed), normalRows(5, 3, seed + 1)];
          const options = { epsilon, tolerance: 1e-4 };
          const value = divergence(a, b, options);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(Math.abs(divergence(b, a, options) - value)).toBeLessThan(5e-5 * (1 + value));
          expect(Math.abs(divergence(a, [...a].reverse(), options))).toBeLessThan(5e-5);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('is finite on degenerate data, or says why not', () => {
    const small = (rows: Rows, factor: number) => rows.map((r) => r.map((v) => v * factor));
    const cases: Array<[Rows, Rows, number]> = [
      [[[1], [1]], [[1], [1]], 0.1],
      [small(x, 1e-20), small(y, 1e-20), 0.1],
      [small(x, 1e15), small(y, 1e15), 1e26],
      [normalRows(3, 512, 1), normalRows(4, 512, 2, { mean: 10 }), 1],
    ];
    for (const [a, b, epsilon] of cases) {
      expect(Number.isFinite(divergence(a, b, { epsilon }))).toBe(true);
      for (const g of gradientsOf((p, q) => sinkhornDivergence(p, q, { epsilon }), a, b)) {
        expect(g.every(Number.isFinite)).toBe(true);
      }
    }
    expect(() => divergence(small(x, 1e20), y, { epsilon: 1 })).toThrow('leave float32');
    expect(() => divergence(x, y, { epsilon: 1e-9 })).toThrow('Take a larger epsilon');
    expect(() => divergence(x, y, {} as TransportOptions)).toThrow('`epsilon` must be');
    expect(() => divergence(x, y, { epsilon: 1, scaling: 2 })).toThrow(
      '`scaling` must be a finite number > 0 and < 1',
    );
    expect(() => divergence([[NaN]], [[1]], { epsilon: 1 })).toThrow('not finite');
  });

  it('leaves no tensor behind', async () => {
    for (const extra of [{}, { blockSize: 3 }]) {
      const options = { epsilon: 2, ...extra };
      expect(await countTensors(() => divergence(x, y, options))).toBe(0);
      expect(
        await countTensors(() => gradientsOf((a, b) => sinkhornDivergence(a, b, options), x, y)),
      ).toBe(0);
    }
  });
});

describe('solveEntropicOT', () => {
  it('gives value, plan and potentials of the float64 solver, and lets go of all', async () => {
    const [a, b] = [tensor(x), tensor(y)];
    const left = await countTensors(() => {
      const solution = solveEntropicOT(a, b, { epsilon: 0.3, tolerance });
      const expected = plainTransport(x, y, 0.3);
      const plan = solution.plan();
      expect(solution.converged).toBe(true);
      expect(solution.marginalError).toBeLessThan(tolerance);
      expect(relativeError([solution.value], [expected.value])).toBeLessThan(2e-5);
      expect(relativeError(plan.dataSync(), expected.plan.flat())).toBeLessThan(1e-4);
      const { f, g } = solution.potentials;
      const dual = tf.tidy(() => tf.add(tf.mean(f), tf.mean(g)).dataSync()[0]!);
      expect(relativeError([dual], [expected.value])).toBeLessThan(2e-5);
      plan.dispose();
      solution.dispose();
    });
    expect(left).toBe(0);
    tf.dispose([a, b]);
  });

  it('says when it did not converge', () => {
    const solution = tf.tidy(() => {
      const found = solveEntropicOT(tensor(x), tensor(y), { epsilon: 0.01, maxIterations: 1 });
      found.dispose();
      return { converged: found.converged, iterations: found.iterations } as never;
    }) as { converged: boolean; iterations: number };
    expect(solution).toEqual({ converged: false, iterations: 1 });
  });
});
