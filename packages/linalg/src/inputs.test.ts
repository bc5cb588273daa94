import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { expm, host, inverse, slogdet, solve } from './index';

useEngine();

const eye = () => tf.eye(2);
const messageOf = (call: () => unknown): string => {
  try {
    tf.tidy(() => void call());
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
};

describe('what is no matrix', () => {
  const onTensors: [string, (odd: never) => unknown][] = [
    ['solve A', (odd) => solve(odd, eye())],
    ['solve B', (odd) => solve(tf.eye(4), odd)],
    ['inverse', (odd) => inverse(odd)],
    ['slogdet', (odd) => slogdet(odd)],
    ['expm', (odd) => expm(odd)],
  ];
  it.each(onTensors)('%s: an error that says what is expected', (_, call) => {
    for (const odd of [undefined, null, 'x', 3, {}, [[1, 0], [0, 1]], tf.eye(2).toBool(), tf.scalar(1), tf.ones([2, 3]), tf.fill([2, 2], NaN)]) {
      expect(messageOf(() => call(odd as never))).toMatch(
        /must be a tensor of numbers|expected A of shape|must be \[|must be finite/,
      );
    } // prettier-ignore
  });

  const onRows: [string, (odd: never) => unknown][] = [
    ['solve A', (odd) => host.solve(odd, [[1], [2]])],
    ['solve B', (odd) => host.solve([[1, 0], [0, 1]], odd)], // prettier-ignore
    ['inverse', (odd) => host.inverse(odd)],
    ['slogdet', (odd) => host.slogdet(odd)],
    ['condition', (odd) => host.condition(odd)],
    ['expm', (odd) => host.expm(odd)],
    ['expmFrechet', (odd) => host.expmFrechet([[1]], odd)],
    ['matMul', (odd) => host.matMul(odd, [[1]])],
    ['cholesky', (odd) => host.cholesky(odd)],
    ['eigenSymmetric', (odd) => host.eigenSymmetric(odd)],
  ];
  it.each(onRows)('host.%s: an error that says what is expected', (_, call) => {
    for (const odd of [undefined, null, 'x', 3, {}, [1], [null], [[1], [1, 2]], [['1', 0], [0, 1]], [[null, 1], [1, 1]], [[NaN, 1], [1, 1]]]) {
      expect(messageOf(() => call(odd as never))).toMatch(
        /expected a matrix|entries where row 0|must be a finite number/,
      );
    } // prettier-ignore
  });
});
