import * as tf from '@tensorflow/tfjs';
import type { BoundKernel } from './bandwidth';
import type { ValueAndGradients } from './differentiable';
import { pullLeft, pullRight, standardise } from './distances';
import { gram } from './gram';
import type { Profile } from './kernels';
import { blocksOf, joinRows, maskOf, rowsOf, RunningSum, type Block } from './tiles';

interface CriterionOptions {
  readonly unbiased: boolean;
  readonly normalized: boolean;
  readonly wantsGradients: boolean;
  readonly blockSize: number;
}

interface Variable {
  readonly points: tf.Tensor2D;
  readonly bound: BoundKernel;
  /** Gram matrix of rows i against rows j; with its slopes where gradients are wanted. */
  readonly tile: (i: Block, j: Block, forValue?: boolean) => Profile;
}

/** Below this, relative to k(x, x), the spread of a Gram matrix is rounding: not divided by. */
const FLAT = 1e-6;

/**
 * HSIC in two passes over tiles: first the row means, then products of centred tiles. HSIC could be
 * had from one pass (Σ KL and row sums), but as a small difference of large float32 numbers. Tiles
 * below the diagonal are not computed; a moderate number of tiles is computed once and kept.
 */
export function tiledCriterion(
  samples: readonly tf.Tensor2D[],
  bound: readonly BoundKernel[],
  { unbiased, normalized, wantsGradients, blockSize }: CriterionOptions,
): ValueAndGradients {
  const n = samples[0]!.shape[0];
  const blocks = blocksOf(n, blockSize);
  const variables = samples.map((sample, v) =>
    variableOf(sample, bound[v]!, blocks, wantsGradients, KEPT / samples.length),
  );
  const shifts = variables.map(({ tile }) =>
    centringShift((i, j) => tile(i, j, true), blocks, n, unbiased),
  );
  const scale = 1 / (unbiased ? n * (n - 3) : n * n);

  const products = Array.from({ length: normalized ? 3 : 1 }, () => new RunningSum<tf.Scalar>());
  // For each variable and row block, what the other's (and its own) centred matrix pulls.
  const pulls = variables.map(() =>
    (normalized ? [0, 1] : [0]).map(() => blocks.map(() => new RunningSum<tf.Tensor2D>())),
  );
  for (const [i, j] of upperPairs(blocks)) {
    const out = tf.tidy(() => {
      const grams = variables.map((variable) => variable.tile(i, j));
      const mask = unbiased ? maskOf(i, j) : undefined;
      const centred = grams.map(({ value }, v) => centre(value, shifts[v]!, i, j, mask));
      const [k, l] = centred as [tf.Tensor2D, tf.Tensor2D];
      const inner = (
        normalized
          ? [
              [k, l],
              [k, k],
              [l, l],
            ]
          : [[k, l]]
      ).map(([a, b]) => tf.mul(tf.sum(tf.sum(tf.mul(a!, b!), 1)), i === j ? 1 : 2));
      if (!wantsGradients) return inner;
      const pulled = variables.flatMap(({ points, bound: { kernel } }, v) => {
        const { slope } = grams[v] as Required<Profile>;
        const [rows, columns] = [rowsOf(points, i), rowsOf(points, j)];
        const sources = normalized ? [centred[1 - v]!, centred[v]!] : [centred[1 - v]!];
        return sources.flatMap((source) => {
          const g = tf.mul(source, slope) as tf.Tensor2D;
          const left = pullLeft(g, rows, columns, kernel.metric);
          return i === j ? [left] : [left, pullRight(g, rows, columns, kernel.metric)];
        });
      });
      return [...inner, ...pulled];
    }) as tf.Tensor[];
    products.forEach((sum, q) => sum.add(out[q] as tf.Scalar));
    if (!wantsGradients) continue;
    const ends = i === j ? [i] : [i, j];
    const sums = pulls.flat().flatMap((parts) => ends.map(({ index }) => parts[index]!));
    sums.forEach((sum, q) => sum.add(out[products.length + q] as tf.Tensor2D));
  }
  const joined = () =>
    pulls.map((kinds) => kinds.map((parts) => joinRows(parts.map((part) => part.take()))));
  const sums = products.map((sum) => sum.take());
  // G is symmetric, so twice the pull on one side is the whole gradient.
  const finish = (pull: tf.Tensor, v: number) => tf.mul(pull, tf.div(2, bound[v]!.unit));
  if (!normalized) {
    const value = tf.mul(sums[0]!, scale) as tf.Scalar;
    if (!wantsGradients) return { value };
    return { value, gradients: joined().map(([pull], v) => finish(tf.mul(pull!, scale), v)) };
  }
  const norms = variables.map((_, v) => {
    const size = bound[v]!.kernel.metric === 'dot' ? 1 : bound[v]!.atZero;
    return tf.maximum(tf.sqrt(tf.relu(sums[1 + v]!)), n * FLAT * size);
  });
  const product = tf.mul(norms[0]!, norms[1]!);
  const value = tf.div(sums[0]!, product) as tf.Scalar;
  if (!wantsGradients) return { value };
  // ∂(⟨K,L⟩/|K||L|)/∂K = L/|K||L| − value·K/|K|².
  const gradients = joined().map(([other, own], v) =>
    finish(tf.sub(tf.div(other!, product), tf.mul(own!, tf.div(value, tf.square(norms[v]!)))), v),
  );
  return { value, gradients };
}

/** Tiles on and above the diagonal: the ones below are their mirror images. */
export const upperPairs = (blocks: readonly Block[]): Array<readonly [Block, Block]> =>
  blocks.flatMap((i) => blocks.slice(i.index).map((j) => [i, j] as const));

/** Gram entries kept from the first pass for the second (128 MiB): beyond, they are made again. */
const KEPT = 1 << 25;

function variableOf(
  sample: tf.Tensor2D,
  bound: BoundKernel,
  blocks: readonly Block[],
  withSlope: boolean,
  share: number,
): Variable {
  const [points] = standardise([sample], bound.unit) as [tf.Tensor2D];
  const make = (i: Block, j: Block, slope: boolean) =>
    gram(rowsOf(points, i), rowsOf(points, j), bound, slope);
  const pairs = upperPairs(blocks);
  const entries = pairs.reduce((sum, [i, j]) => sum + i.size * j.size, 0) * (withSlope ? 2 : 1);
  if (blocks.length > 1 && entries > share) {
    return { points, bound, tile: (i, j, forValue) => make(i, j, withSlope && !forValue) };
  }
  const kept = new Map(pairs.map(([i, j]) => [key(i, j), keep(() => make(i, j, withSlope))]));
  return { points, bound, tile: (i, j) => kept.get(key(i, j))! };
}

const key = (i: Block, j: Block): string => `${i.index} ${j.index}`;

/** A profile out of a tidy of its own: what it took to make it is not kept beside it. */
const keep = (make: () => Profile): Profile => tf.tidy(() => ({ ...make() }));

/**
 * What makes a matrix centred when taken from its rows and columns alike. Biased (HKH): row mean
 * less half the grand mean. Unbiased (U-centring, Székely & Rizzo 2014, eq. 2.3): the diagonal left
 * out, row sums by n − 2, the total by (n − 1)(n − 2).
 */
export function centringShift(
  tile: (i: Block, j: Block) => Profile,
  blocks: readonly Block[],
  n: number,
  unbiased: boolean,
): tf.Tensor2D {
  const sums = blocks.map(() => new RunningSum<tf.Tensor2D>());
  for (const [i, j] of upperPairs(blocks)) {
    const [rows, columns] = tf.tidy(() => {
      const { value } = tile(i, j);
      const mask = unbiased ? maskOf(i, j) : undefined;
      const counted = mask === undefined ? value : tf.mul(value, mask);
      const own = tf.sum(counted, 1, true);
      return i === j ? [own] : [own, tf.reshape(tf.sum(counted, 0), [j.size, 1])];
    }) as [tf.Tensor2D, tf.Tensor2D?];
    sums[i.index]!.add(rows);
    if (columns !== undefined) sums[j.index]!.add(columns);
  }
  const rowSums = joinRows(sums.map((sum) => sum.take()));
  return tf.tidy(() => {
    const rows = tf.div(rowSums, unbiased ? n - 2 : n) as tf.Tensor2D;
    return tf.sub(rows, tf.div(tf.sum(rows), 2 * (unbiased ? n - 1 : n))) as tf.Tensor2D;
  });
}

export function centre(
  value: tf.Tensor2D,
  shift: tf.Tensor2D,
  i: Block,
  j: Block,
  mask: tf.Tensor2D | undefined,
): tf.Tensor2D {
  const shifted = tf.sub(
    tf.sub(value, rowsOf(shift, i)),
    tf.transpose(rowsOf(shift, j)),
  ) as tf.Tensor2D;
  return mask === undefined ? shifted : (tf.mul(shifted, mask) as tf.Tensor2D);
}
