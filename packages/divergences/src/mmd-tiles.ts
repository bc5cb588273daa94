import * as tf from '@tensorflow/tfjs';
import type { BoundKernel } from './bandwidth';
import type { ValueAndGradients } from './differentiable';
import { pullLeft, pullRight, standardise } from './distances';
import { gram } from './gram';
import { blocksOf, joinRows, maskOf, rowsOf, RunningSum, type Block } from './tiles';

/**
 * MMD² tile by tile: memory does not grow with n·m. Tiles below the diagonal of the two symmetric
 * Gram matrices are left out and the ones above counted twice.
 */
export function tiledMmd(
  samples: readonly tf.Tensor2D[],
  bound: BoundKernel,
  unbiased: boolean,
  wantsGradients: boolean,
  blockSize: number,
): ValueAndGradients {
  const [x, y] = standardise(samples, bound.unit) as [tf.Tensor2D, tf.Tensor2D];
  const n = x.shape[0];
  const m = y.shape[0];
  const total = new RunningSum<tf.Scalar>();
  const gx = blocksOf(n, blockSize).map(() => new RunningSum<tf.Tensor2D>());
  const gy = blocksOf(m, blockSize).map(() => new RunningSum<tf.Tensor2D>());
  // k(z, z) of a distance kernel is known, and float32 distances of a point to itself are not 0.
  const withDiagonal = !unbiased && bound.kernel.metric === 'dot';

  const visit = (
    a: tf.Tensor2D,
    b: tf.Tensor2D,
    i: Block,
    j: Block,
    weight: number,
    mask: tf.Tensor2D | undefined,
    gradients: readonly [RunningSum<tf.Tensor2D>, RunningSum<tf.Tensor2D>],
  ): void => {
    const [sum, left, right] = tf.tidy(() => {
      const [rows, columns] = [rowsOf(a, i), rowsOf(b, j)];
      const { value, slope } = gram(rows, columns, bound, wantsGradients);
      const masked = mask === undefined ? value : tf.mul(value, mask);
      const part = tf.mul(tf.sum(tf.sum(masked, 1)), weight) as tf.Scalar;
      if (slope === undefined) return [part];
      const g = mask === undefined ? slope : (tf.mul(slope, mask) as tf.Tensor2D);
      const { metric } = bound.kernel;
      // The pulls are weighted, not the tile: they are far smaller.
      const pulled = [pullLeft(g, rows, columns, metric), pullRight(g, rows, columns, metric)];
      return [part, ...pulled.map((pull) => tf.mul(pull, weight))];
    }) as [tf.Scalar, tf.Tensor2D?, tf.Tensor2D?];
    mask?.dispose();
    total.add(sum);
    if (left !== undefined) gradients[0].add(left);
    if (right !== undefined) gradients[1].add(right);
  };

  const within = (z: tf.Tensor2D, count: number, g: typeof gx): void => {
    const weight = 1 / (unbiased ? count * (count - 1) : count * count);
    const blocks = blocksOf(count, blockSize);
    for (const i of blocks) {
      for (const j of blocks.slice(i.index)) {
        const mask = withDiagonal ? undefined : maskOf(i, j);
        const times = i.index === j.index ? 1 : 2;
        visit(z, z, i, j, times * weight, mask, [g[i.index]!, g[j.index]!]);
      }
    }
  };
  within(x, n, gx);
  within(y, m, gy);
  for (const i of blocksOf(n, blockSize)) {
    for (const j of blocksOf(m, blockSize)) {
      visit(x, y, i, j, -2 / (n * m), undefined, [gx[i.index]!, gy[j.index]!]);
    }
  }
  const diagonal = unbiased || withDiagonal ? 0 : bound.atZero * (1 / n + 1 / m);
  const value = tf.add(total.take(), diagonal) as tf.Scalar;
  if (!wantsGradients) return { value };
  const gradients = [gx, gy].map((parts) =>
    tf.div(joinRows(parts.map((part) => part.take())), bound.unit),
  );
  return { value, gradients };
}
