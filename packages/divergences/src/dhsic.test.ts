import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import {
  gradientsOf,
  gramOf,
  normalRows,
  plainDhsic,
  plainKernels,
  relativeError,
  rowsOf,
  scalarOf,
  tensor,
  type Rows,
} from '../test-support/reference';
import { dhsic, hsic, laplacian, rbf, type DhsicOptions } from './index';

useEngine();

const value = (variables: Rows[], options: DhsicOptions): number =>
  scalarOf(() => dhsic(variables.map(tensor), options));

const x = normalRows(9, 2, 'x');
const y = x.map(([a]) => [Math.fround(a! * a!)]);
const z = normalRows(9, 1, 'z').map(([e], i) => [Math.fround(e! + y[i]![0]! * x[i]![1]!)]);
const kernel = [rbf({ sigma: 0.9 }), laplacian({ sigma: 2 }), rbf({ sigma: 1.5 })];
const plain = (a: Rows, b: Rows, c: Rows) =>
  plainDhsic([
    gramOf(a, a, plainKernels.rbf(0.9)),
    gramOf(b, b, plainKernels.laplacian(2)),
    gramOf(c, c, plainKernels.rbf(1.5)),
  ]);

describe('dhsic', () => {
  it('definition and gradient, whole and in tiles', () => {
    for (const options of [{ kernel }, { kernel, blockSize: 4 }]) {
      expect(relativeError([value([x, y, z], options)], [plain(x, y, z)])).toBeLessThan(2e-5);
      const found = gradientsOf((...v) => dhsic(v, options), x, y, z);
      const expected = [
        numericGradient((f) => plain(rowsOf(f, 2), y, z), x.flat()),
        numericGradient((f) => plain(x, rowsOf(f, 1), z), y.flat()),
        numericGradient((f) => plain(x, y, rowsOf(f, 1)), z.flat()),
      ];
      found.forEach((g, v) => expect(relativeError(g, expected[v]!)).toBeLessThan(5e-5));
    }
  });

  it('of two variables is the biased hsic', () => {
    const two = { bandwidth: [1, 2] as const };
    const expected = scalarOf(() => hsic(tensor(x), tensor(z), two));
    expect(Math.abs(value([x, z], two) - expected)).toBeLessThan(1e-6);
  });

  it('is 0 for a constant variable, leaves no tensor behind, says what is wrong', async () => {
    expect(Math.abs(value([x, x.map(() => [2])], {}))).toBeLessThan(1e-6);
    expect(await countTensors(() => gradientsOf((...v) => dhsic(v), x, y, z))).toBe(0);
    const [a, b] = [tensor(x), tensor(y.slice(1))];
    expect(() => dhsic([a])).toThrow('at least two variables');
    expect(() => dhsic([a, b])).toThrow('as many rows, got 9 and 8');
    expect(() => dhsic([a, a], { kernel })).toThrow('each of the 2 variables, got 3');
    tf.dispose([a, b]);
  });
});
