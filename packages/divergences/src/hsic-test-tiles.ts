import * as tf from '@tensorflow/tfjs';
import type { BoundKernel } from './bandwidth';
import { standardise } from './distances';
import { gram } from './gram';
import {
  checkMeans,
  type BindKernel,
  type Pair,
  type TestSums,
  type TestSumsOptions,
} from './hsic-test-sums';
import { centre, centringShift, upperPairs } from './hsic-tiles';
import { blocksOf, maskOf, rowsOf, type Block } from './tiles';

interface Variable {
  readonly points: tf.Tensor2D;
  readonly shift: tf.Tensor2D;
}

/**
 * The sums in tiles, in memory that grows with n and not with n²: every permutation computes its
 * tiles of L anew, the price of not keeping them.
 */
export async function tiledTestSums(
  samples: Pair,
  bind: BindKernel,
  blockSize: number,
  { permutations, rng, afterPart }: TestSumsOptions,
): Promise<TestSums> {
  const n = samples[0].shape[0];
  const blocks = blocksOf(n, blockSize);
  const kernels: BoundKernel[] = [];
  const variables = samples.map((sample, v) =>
    tf.tidy(() => {
      const bound = bind(v as 0 | 1);
      kernels.push(bound);
      const [points] = standardise([sample], bound.unit) as [tf.Tensor2D];
      const tile = (i: Block, j: Block) => gram(rowsOf(points, i), rowsOf(points, j), bound, false);
      return { points, shift: centringShift(tile, blocks, n, false) };
    }),
  );
  const orders = Array.from({ length: permutations }, () => tf.tensor1d(rng.permutation(n)));
  try {
    const [meanX, meanY] = variables.map(({ shift }) => meanFrom(shift));
    checkMeans([meanX!, meanY!]);
    const sums = new Float64Array(OWN_SUMS + permutations);
    const pairs = upperPairs(blocks);
    for (const [done, [i, j]] of pairs.entries()) {
      const found = tf.tidy(() => tileSums(variables, kernels, i, j, orders));
      const values = await found.data<'float32'>();
      found.dispose();
      values.forEach((value, q) => (sums[q]! += value));
      await afterPart((done + 1) / pairs.length);
    }
    const spectrum = (at: number) => ({
      trace: sums[at]!,
      squares: sums[at + 1]!,
      diagonal: sums[at + 2]!,
    });
    return {
      product: sums[0]!,
      spectra: [spectrum(1), spectrum(4)],
      permuted: sums.slice(OWN_SUMS),
    };
  } finally {
    tf.dispose(variables.map(({ points, shift }) => [points, shift]));
    tf.dispose(orders);
  }
}

/** Row means less half the grand mean add up to half of n grand means. */
const meanFrom = (shift: tf.Tensor2D): number =>
  2 * tf.tidy(() => tf.mean(shift).dataSync<'float32'>()[0]!);

/** Numbers of a tile before those of the permutations. */
const OWN_SUMS = 7;

/** [product, trace, squares, diagonal of K̃, the same of L̃, permuted…] of one tile and its mirror image. */
function tileSums(
  [x, y]: readonly Variable[],
  [kernelX, kernelY]: readonly BoundKernel[],
  i: Block,
  j: Block,
  orders: readonly tf.Tensor1D[],
): tf.Tensor1D {
  const tile = ({ points, shift }: Variable, bound: BoundKernel) =>
    centre(gram(rowsOf(points, i), rowsOf(points, j), bound, false).value, shift, i, j, undefined);
  const k = tile(x!, kernelX!);
  const total = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.sum(tf.sum(tf.mul(a, b), 1));
  const own = tf.tidy(() => {
    const l = tile(y!, kernelY!);
    const mask = maskOf(i, j);
    const spectrum = (m: tf.Tensor2D) => {
      const diagonal =
        mask === undefined ? tf.zeros([1, 1]) : (tf.sub(m, tf.mul(m, mask)) as tf.Tensor2D);
      return [tf.sum(diagonal), total(m, m), tf.sum(tf.square(diagonal))];
    };
    return tf.stack([total(k, l), ...spectrum(k), ...spectrum(l)]);
  }) as tf.Tensor1D;
  const permuted = orders.map((order) =>
    tf.tidy(() => {
      const [a, b] = [i, j].map(({ start, size }) => {
        const rows = tf.cast(tf.slice1d(order, start, size), 'int32');
        return [tf.gather(y!.points, rows), tf.gather(y!.shift, rows)] as const;
      });
      const { value } = gram(a![0], b![0], kernelY!, false);
      const l = tf.sub(tf.sub(value, a![1]), tf.transpose(b![1])) as tf.Tensor2D;
      return tf.reshape(total(k, l), [1]);
    }),
  );
  return tf.mul(tf.concat([own, ...permuted] as tf.Tensor1D[]), i === j ? 1 : 2);
}
