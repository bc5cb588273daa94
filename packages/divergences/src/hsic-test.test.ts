import { countTensors, useEngine } from '@causal/testing';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import {
  gramOf,
  normalRows,
  plainHsic,
  plainKernels,
  relativeError,
  tensor,
  type Rows,
} from '../test-support/reference';
import { gammaTail } from './gamma';
import { hsicTest, imq, rbf, type HsicTestOptions } from './index';

useEngine();

async function testOf(x: Rows, y: Rows, options: HsicTestOptions = {}) {
  const [a, b] = [tensor(x), tensor(y)];
  const result = await hsicTest(a, b, options);
  tf.dispose([a, b]);
  return result;
}

describe('gammaTail', () => {
  it('closed forms: shape 1 is exponential, shape 3 a Poisson sum, shape ½ from erfc', () => {
    expect(gammaTail(1, 2.5)).toBeCloseTo(Math.exp(-2.5), 14);
    for (const x of [0.1, 2, 4, 30]) {
      expect(gammaTail(3, x) / (Math.exp(-x) * (1 + x + (x * x) / 2))).toBeCloseTo(1, 12);
    }
    expect(gammaTail(0.5, 1)).toBeCloseTo(0.15729920705028513, 12);
    expect(gammaTail(2, 0)).toBe(1);
  });
});

describe('hsicTest', () => {
  it('reports the biased HSIC, also of kernels that add scales', async () => {
    const [x, y] = [normalRows(12, 2, 1), normalRows(12, 1, 2)];
    const k = gramOf(x, x, plainKernels.rbf(1));
    const l = gramOf(y, y, plainKernels.imq([1, 3]));
    const { statistic } = await testOf(x, y, { kernel: [rbf({ sigma: 1 }), imq({ c: [1, 3] })] });
    expect(statistic / plainHsic(k, l)).toBeCloseTo(1, 4);
  });

  it('reports the HSIC of linear kernels too, which decides alike at any scale', async () => {
    const [x, y] = [normalRows(12, 2, 1), normalRows(12, 1, 2)];
    const linear = plainHsic(
      gramOf(x, x, plainKernels.linear()),
      gramOf(y, y, plainKernels.linear()),
    );
    for (const factor of [1, 2 ** 40]) {
      const scaled = x.map((row) => row.map((v) => v * factor));
      const found = await testOf(scaled, y, { kernel: 'linear', permutations: 99 });
      expect(found.statistic / (factor * factor * linear)).toBeCloseTo(1, 4);
      expect(found.pValue).toBe(
        (await testOf(x, y, { kernel: 'linear', permutations: 99 })).pValue,
      );
    }
  });

  it.each([
    ['permutation', 12, 99],
    ['gamma', 60, 1],
  ] as const)('%s: holds its level', async (method, n, permutations) => {
    // 400 independent pairs, level .05: 20 rejections are expected of an exact test, more than 44 have
    // probability 5e-7, fewer than 4 2e-6. The approximation by a gamma gets the same bounds; shares
    // of thousands of draws are in bench/divergences/results/tests.json.
    let rejected = 0;
    for (let run = 0; run < 400; run++) {
      const [x, y] = [normalRows(n, 1, `x${run}`), normalRows(n, 1, `y${run}`)];
      const { pValue } = await testOf(x, y, { method, permutations, seed: run });
      if (pValue <= 0.05) rejected++;
    }
    expect(rejected).toBeLessThanOrEqual(44);
    expect(rejected).toBeGreaterThanOrEqual(4);
  });

  it.each(['permutation', 'gamma'] as const)(
    '%s: sees what correlation does not',
    async (method) => {
      // With 100 other seeds and 199 permutations, p < .01 was missed 3 times on the circle by
      // permutation, never on the parabola, never by gamma: under 1 in 10 each.
      const rng = createRng('power');
      const parabola = Array.from({ length: 60 }, () => {
        const x = rng.normal();
        return [[x], [x * x + 0.3 * rng.normal()]] as const;
      });
      const circle = Array.from({ length: 60 }, () => {
        const angle = 2 * Math.PI * rng.uniform();
        return [
          [Math.cos(angle) + 0.1 * rng.normal()],
          [Math.sin(angle) + 0.1 * rng.normal()],
        ] as const;
      });
      for (const [pairs, bandwidth] of [
        [parabola, 'median-squared'],
        [circle, 0.3],
      ] as const) {
        const { pValue } = await testOf(
          pairs.map(([x]) => x),
          pairs.map(([, y]) => y),
          { method, bandwidth },
        );
        expect(pValue).toBeLessThan(0.01);
      }
    },
  );

  it.each([1, 2, 12])('gamma keeps its level for a label that %i of 100 rows have', async (m) => {
    // 200 draws: 10 rejections are expected at .05; over 24 have probability 3e-5 for an exact test.
    const y = tensor(Array.from({ length: 100 }, (_, i) => [i < m ? 1 : 0]));
    let rejected = 0;
    for (let run = 0; run < 200; run++) {
      const x = tensor(normalRows(100, 1, `rare${m}${run}`));
      const { pValue, method } = await hsicTest(x, y, { method: 'gamma', permutations: 99, seed: run });
      x.dispose();
      // Where n decides: the label of one row stands in one of 100 places.
      if (m === 1) expect(pValue).toBeGreaterThanOrEqual(0.01);
      expect(method).toBe(m === 12 ? 'gamma' : 'permutation');
      if (pValue < 0.05) rejected++;
    }
    y.dispose();
    expect(rejected).toBeLessThanOrEqual(24);
  }); // prettier-ignore

  it('gamma has the mean and variance of all permutations, and the gamma tail of them', async () => {
    // 720 orders of 6 rows, all of them; the moments are exact, so that no draw is involved.
    const [x, y] = [normalRows(6, 1, 1), normalRows(6, 1, 2)];
    const kernel = rbf({ sigma: 1 });
    const sums = [x, y].map((rows) => {
      const k = gramOf(rows, rows, plainKernels.rbf(1));
      const row = k.map((line) => line.reduce((a, b) => a + b, 0) / 6);
      const mean = row.reduce((a, b) => a + b, 0) / 6;
      return k.map((line, i) => line.map((v, j) => v - row[i]! - row[j]! + mean));
    });
    const orders = (of: number[]): number[][] =>
      of.length < 2 ? [of] : of.flatMap((v, i) => orders(of.toSpliced(i, 1)).map((o) => [v, ...o]));
    const values = orders([0, 1, 2, 3, 4, 5]).map((o) =>
      sums[0]!.flatMap((line, i) => line.map((v, j) => v * sums[1]![o[i]!]![o[j]!]!)).reduce((a, b) => a + b, 0),
    );
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    const { pValue, method } = await testOf(x, y, { method: 'gamma', kernel });
    if (method === 'gamma') {
      expect(pValue).toBeCloseTo(gammaTail(mean ** 2 / variance, (values[0]! * mean) / variance), 5);
    }
    expect(method).toBe('gamma');
  }); // prettier-ignore

  it('finds a constant independent of everything', async () => {
    const x = normalRows(10, 1, 1);
    const constant = x.map(() => [3]);
    for (const method of ['permutation', 'gamma'] as const) {
      expect((await testOf(x, constant, { method })).pValue).toBe(1);
      expect((await testOf(x, constant, { method, blockSize: 4 })).pValue).toBe(1);
    }
  });

  it.each(['permutation', 'gamma'] as const)(
    '%s: in tiles as from whole matrices',
    async (method) => {
      const x = normalRows(23, 2, 1);
      const y = normalRows(23, 1, 2).map(([e], i) => [e! + 0.5 * x[i]![0]! ** 2]);
      const kernel = [rbf({ sigma: 1 }), imq({ c: [1, 3] })] as const;
      const options = { method, kernel, permutations: 40, seed: 3 };
      const whole = await testOf(x, y, options);
      const tiled = await testOf(x, y, { ...options, blockSize: 6 });
      expect(relativeError([tiled.statistic], [whole.statistic])).toBeLessThan(1e-4);
      expect(relativeError([tiled.pValue], [whole.pValue])).toBeLessThan(1e-3);
      expect(whole.pValue).toBeLessThan(0.9);
      if (method === 'permutation') {
        expect(relativeError(tiled.permuted!, whole.permuted!)).toBeLessThan(1e-4);
      }
    },
  );

  it('refuses what it cannot judge', async () => {
    const x = normalRows(8, 1, 1);
    for (const bad of [NaN, Infinity]) {
      for (const method of ['permutation', 'gamma'] as const) {
        const broken = [[bad], ...x.slice(1)];
        await expect(testOf(x, broken, { method })).rejects.toThrow('y holds a number that is not');
        await expect(testOf(broken, x, { method })).rejects.toThrow('x holds a number that is not');
        const tiled = testOf(x, broken, { method, blockSize: 3 });
        await expect(tiled).rejects.toThrow('y holds a number that is not');
      }
    }
    await expect(testOf(x, x.slice(1))).rejects.toThrow('as many rows, got 8 and 7');
    await expect(testOf(x, x, { method: 'permutations' as never })).rejects.toThrow("'gamma', got");
    await expect(testOf(x.slice(3), x.slice(3), { method: 'gamma' })).rejects.toThrow(
      'least 6 rows',
    );
    await expect(testOf(x, x, 'gamma' as never)).rejects.toThrow('the options must be an object');
  });

  it('same seed, same answer; can be stopped; leaves no tensor behind', async () => {
    const [x, y] = [normalRows(12, 1, 1), normalRows(12, 1, 2)];
    const first = await testOf(x, y, { seed: 4, permutations: 20 });
    expect((await testOf(x, y, { seed: 4, permutations: 20 })).permuted).toEqual(first.permuted);
    expect(await countTensors(() => testOf(x, y, { permutations: 3 }))).toBe(0);
    expect(await countTensors(() => testOf(x, y, { permutations: 3, blockSize: 5 }))).toBe(0);
    const large = normalRows(400, 1, 3);
    const controller = new AbortController();
    const seen: number[] = [];
    const running = testOf(large, large, {
      permutations: 1_000_000,
      signal: controller.signal,
      onProgress: (done) => {
        seen.push(done);
        controller.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
    expect(seen.length).toBe(1);
  });
});
