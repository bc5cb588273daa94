import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import * as tf from '@tensorflow/tfjs';
import { OrthogonalOptimizer, orthogonalised } from './orthogonal-optimizer';

useEngine();

const normal = (rows: number, columns: number, seed: number): Matrix =>
  new Matrix(Array.from({ length: rows }, () => Array.from(createRng(seed++).normals(columns))));
const tensorOf = (m: Matrix): tf.Tensor2D => tf.tensor2d(m.to2DArray());

function orthogonalMatrix(x: Matrix): Matrix {
  const given = tensorOf(x);
  const result = orthogonalised(given);
  const rows = result.arraySync();
  tf.dispose([given, result]);
  return new Matrix(rows);
}

describe('orthogonalised', () => {
  it.each([
    [40, 12],
    [12, 40],
    [9, 9],
  ])('takes the singular values of a %i × %i matrix to about 1 and keeps its vectors', (n, m) => {
    const x = normal(n, m, 100);
    const result = orthogonalMatrix(x);
    const svd = new SingularValueDecomposition(x, { autoTranspose: true });
    const turned = svd.leftSingularVectors.transpose().mmul(result).mmul(svd.rightSingularVectors);
    const rank = Math.min(n, m);
    for (let i = 0; i < rank; i++) {
      for (let j = 0; j < rank; j++) {
        const value = turned.get(i, j);
        if (i !== j) expect(Math.abs(value)).toBeLessThan(1e-3);
        else {
          // The polynomial's own range around 1, for singular values above .003 of the norm.
          expect(value).toBeGreaterThan(0.6);
          expect(value).toBeLessThan(1.25);
        }
      }
    }
  });

  it('has the length asked for, however long the matrix, and is 0 for 0', () => {
    tf.tidy(() => {
      const x = tensorOf(normal(6, 4, 3));
      const scaled = orthogonalised(x.mul(1e-4) as tf.Tensor2D, 3);
      const difference = orthogonalised(x).mul(3).sub(scaled);
      expect(difference.abs().max().dataSync()[0]).toBeLessThan(1e-4);
      expect(
        orthogonalised(tf.zeros([6, 4]))
          .abs()
          .max()
          .dataSync()[0],
      ).toBe(0);
    });
  });
});

describe('OrthogonalOptimizer', () => {
  it('goes down a badly scaled loss, and keeps nothing but its momenta', async () => {
    // ‖(X·K + b)·scales − target‖² with columns of X and scales a thousandfold apart.
    const x = tensorOf(normal(64, 4, 1)).mul([1, 0.1, 0.01, 0.001]);
    const target = tf.tidy(() =>
      x
        .matMul(tensorOf(normal(4, 3, 9)))
        .mul(1000)
        .add(1),
    );
    const kernel = tf.variable(tf.zeros([4, 3]));
    const bias = tf.variable(tf.zeros([3]));
    const loss = (): tf.Scalar => x.matMul(kernel).mul(1000).add(bias).sub(target).square().mean();
    const losses: number[] = [];
    const leaked = await countTensors(() => {
      const optimizer = new OrthogonalOptimizer([kernel], [bias]);
      for (let step = 0; step < 150; step++) {
        const value = optimizer.minimize(loss, 0.1 * (1 - step / 150));
        losses.push(value.dataSync()[0]!);
        value.dispose();
      }
      optimizer.dispose();
    });
    expect(leaked).toBe(0);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 1000);
    tf.dispose([x, target, kernel, bias]);
  });
});
