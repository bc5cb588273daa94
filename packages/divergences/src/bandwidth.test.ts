import { countTensors, useEngine } from '@causal/testing';
import type * as tf from '@tensorflow/tfjs';
import {
  l1,
  normalRows,
  relativeError,
  scalarOf,
  squared,
  tensor,
  type Rows,
} from '../test-support/reference';
import { bandwidthOf, hsic, laplacian, mmd, rbf, type BandwidthRule } from './index';

useEngine();

const sigma = (rows: readonly Rows[], rule: BandwidthRule, metric?: 'manhattan') =>
  scalarOf(() => bandwidthOf(rows.map(tensor), rule, metric));

const pairsOf = (rows: Rows, distance: (a: readonly number[], b: readonly number[]) => number) =>
  rows.flatMap((a, i) => rows.slice(0, i).map((b) => distance(a, b))).sort((a, b) => a - b);
const median = (sorted: readonly number[]) => {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** The definitions, from all squared distances of different rows. */
const rules: Readonly<Record<BandwidthRule, (sorted: readonly number[], n: number) => number>> = {
  'median-squared': (sorted) => median(sorted),
  'half-median-squared': (sorted) => median(sorted) / 2,
  'median-log': (sorted, n) => median(sorted) / (2 * Math.log(n + 1)),
  'mean-squared': (sorted) => mean(sorted),
};

describe.each(Object.keys(rules) as BandwidthRule[])('%s', (rule) => {
  // 10 and 21 pairs: a middle pair of ranks, and one middle rank.
  it.each([5, 7])('is what it says, n = %s, in both metrics, whatever the scale', (n) => {
    const rows = normalRows(n, 3, `n${n}`, { mean: 5 });
    const expected = Math.sqrt(rules[rule](pairsOf(rows, squared), n));
    expect(relativeError([sigma([rows], rule)], [expected])).toBeLessThan(1e-5);
    for (const factor of [2 ** -66, 2 ** 66]) {
      const scaled = rows.map((row) => row.map((v) => v * factor));
      expect(relativeError([sigma([scaled], rule)], [expected * factor])).toBeLessThan(1e-5);
    }
    const squares = pairsOf(rows, (a, b) => l1(a, b) ** 2);
    const manhattan = Math.sqrt(rules[rule](squares, n));
    expect(relativeError([sigma([rows], rule, 'manhattan')], [manhattan])).toBeLessThan(1e-5);
  });

  it('pools samples; is what mmd and hsic take', () => {
    const [x, y] = [normalRows(6, 2, 'x'), normalRows(5, 2, 'y', { mean: 1 })];
    const own = sigma([x], rule);
    const pooled = sigma([x, y], rule);
    expect(pooled).toBeCloseTo(sigma([[...x, ...y]], rule), 5);
    type Of = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Scalar;
    const same = (a: Of, b: Of, other: Rows) =>
      expect(scalarOf(() => a(tensor(x), tensor(other)))).toBeCloseTo(
        scalarOf(() => b(tensor(x), tensor(other))),
        5,
      );
    same(
      (a, b) => mmd(a, b, { bandwidth: rule }),
      (a, b) => mmd(a, b, { kernel: rbf({ sigma: pooled }) }),
      y,
    );
    same(
      (a, b) => hsic(a, b, { bandwidth: rule }),
      (a, b) => hsic(a, b, { kernel: rbf({ sigma: own }) }),
      x,
    );
    const cityBlock = sigma([x, y], rule, 'manhattan');
    same(
      (a, b) => mmd(a, b, { kernel: 'laplacian', bandwidth: rule }),
      (a, b) => mmd(a, b, { kernel: laplacian({ sigma: cityBlock }) }),
      y,
    );
  });

  it('of one point, constants and data closer than 1e-36: 1; of mostly equal rows: by the mean', () => {
    for (const rows of [
      [[3, 4]],
      [
        [3, 4],
        [3, 4],
      ],
      normalRows(6, 2, 1, { std: 1e-38 }),
    ]) {
      // prettier-ignore
      expect(sigma([rows], rule)).toBe(1);
    }
    const mostly = [[0], [0], [0], [0], [3]];
    const squares = pairsOf(mostly, squared);
    const expected = Math.sqrt(rules[rule](squares.map(() => mean(squares)), 5)); // prettier-ignore
    expect(relativeError([sigma([mostly], rule)], [expected])).toBeLessThan(1e-5);
  });
});

describe('bandwidthOf', () => {
  it('looks at no more than 512 rows, evenly spaced', () => {
    const rows = Array.from({ length: 1024 }, (_, i) => [i % 2 ? 1e6 : i]);
    const even = rows.filter((_, i) => i % 2 === 0);
    expect(sigma([rows], 'median-squared')).toBeCloseTo(sigma([even], 'median-squared'), 3);
  });

  it('leaves no tensor behind and says what is wrong', async () => {
    const x = tensor([[1, 2], [3, 5], [0, 1]]); // prettier-ignore
    expect(await countTensors(() => bandwidthOf([x], 'median-log').dispose())).toBe(0);
    expect(() => bandwidthOf([x], 'median' as never)).toThrow("'median-log', 'mean-squared', got");
    expect(() => bandwidthOf(x as never, 'median-log')).toThrow('give a list of samples');
    expect(() => bandwidthOf([], 'median-log')).toThrow('give a list of samples');
    expect(() => bandwidthOf([[[1]]] as never, 'median-log')).toThrow('sample 0 must be a float32');
    x.dispose();
  });
});
