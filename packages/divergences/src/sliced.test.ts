import { countTensors, numericGradient, useEngine } from '@causal/testing';
import { createRng } from '@causal/random';
import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  gradientsOf,
  normalRows,
  plainSliced,
  relativeError,
  rowsOf,
  scalarOf,
  tensor,
  type Rows,
} from '../test-support/reference';
import { randomProjections, slicedWasserstein, type SlicedWassersteinOptions } from './index';
import { PositionSorter } from './sort';

useEngine();

const value = (x: Rows, y: Rows, options: SlicedWassersteinOptions = {}): number =>
  scalarOf(() => slicedWasserstein(tensor(x), tensor(y), options));

describe('PositionSorter', () => {
  it('sorts like the language does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 0, max: 3 }),
        (values, start) => {
          const n = values.length;
          const padded = Float32Array.from([...Array<number>(start).fill(9), ...values]);
          const order = new Int32Array(n);
          new PositionSorter(n).sort(padded, start, order);
          expect([...order].sort((a, b) => a - b)).toEqual(values.map((_, i) => i));
          const sorted = [...order].map((i) => values[i]! + 0);
          expect(sorted).toEqual([...Float32Array.from(values).sort()].map((v) => v + 0));
        },
      ),
    );
  });
});

describe('slicedWasserstein', () => {
  const directions = normalRows(5, 3, 'theta');

  it.each([
    [6, 6, 2, true],
    [6, 6, 1, true],
    [4, 7, 2, false],
    [6, 4, 3, true],
  ])('n %s, m %s, p %s, root %s: definition and gradient', (n, m, p, root) => {
    const x = normalRows(n, 3, 'x');
    const y = normalRows(m, 3, 'y', { mean: 0.4 });
    const plain = (a: Rows, b: Rows) => plainSliced(a, b, directions, p, root);
    const projections = tensor(directions);
    const options = { projections, p, root };
    expect(relativeError([value(x, y, options)], [plain(x, y)])).toBeLessThan(1e-5);
    const [gx, gy] = gradientsOf((a, b) => slicedWasserstein(a, b, options), x, y);
    expect(
      relativeError(
        gx!,
        numericGradient((f) => plain(rowsOf(f, 3), y), x.flat()),
      ),
    ).toBeLessThan(1e-5);
    expect(
      relativeError(
        gy!,
        numericGradient((f) => plain(x, rowsOf(f, 3)), y.flat()),
      ),
    ).toBeLessThan(1e-5);
    projections.dispose();
  });

  it('laws: shifts, order of rows, 0 on equal samples with a finite gradient', () => {
    const x = normalRows(10, 2, 1);
    const moved = x.map(([a, b]) => [a! + 3, b! - 1]).reverse();
    const projections = randomProjections(16, 2, createRng(1));
    const theta = projections.arraySync();
    const shift = Math.sqrt(
      theta.reduce((sum, [a, b]) => sum + (3 * a! - b!) ** 2, 0) / theta.length,
    );
    expect(value(x, moved, { projections })).toBeCloseTo(shift, 5);
    expect(value(x, [...x].reverse(), { projections })).toBeLessThan(1e-6);
    for (const g of gradientsOf((a, b) => slicedWasserstein(a, b), x, x)) {
      expect(g.every((v) => v === 0)).toBe(true);
    }
    projections.dispose();
  });

  it('draws unit directions from the seed', () => {
    const x = normalRows(5, 4, 1);
    const y = normalRows(5, 4, 2);
    expect(value(x, y, { seed: 3 })).toBe(value(x, y, { seed: 3 }));
    expect(value(x, y, { seed: 3 })).not.toBe(value(x, y, { seed: 4 }));
    const theta = tf.tidy(() => tf.norm(randomProjections(7, 4, createRng(0)), 2, 1).dataSync());
    for (const norm of theta) expect(norm).toBeCloseTo(1, 5);
  });

  it('is finite at the ends of float32', () => {
    for (const std of [1e-20, 1e20]) {
      const [x, y] = [normalRows(4, 2, 1, { std }), normalRows(4, 2, 2, { std })];
      expect(value(x, y) / std).toBeGreaterThan(0.1);
      for (const g of gradientsOf((a, b) => slicedWasserstein(a, b), x, y)) {
        expect(g.every(Number.isFinite)).toBe(true);
      }
    }
  });

  it('leaves no tensor behind and says what is wrong', async () => {
    const x = tensor(normalRows(4, 3, 1));
    const wrong = tf.zeros([3, 5]) as tf.Tensor2D;
    expect(
      await countTensors(() => {
        slicedWasserstein(x, x).dispose();
        gradientsOf((a, b) => slicedWasserstein(a, b), [[1, 2]], [[3, 4]]);
      }),
    ).toBe(0);
    expect(() => slicedWasserstein(x, x, { projections: wrong })).toThrow('must be [count, 3]');
    expect(() => slicedWasserstein(x, x, { p: 0.5 })).toThrow('≥ 1, got 0.5');
    tf.dispose([x, wrong]);
  });
});
