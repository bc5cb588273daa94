import { checkKeys } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { notNegative } from './batch';
import { bind, rescale, type BandwidthRule, type BoundKernel } from './bandwidth';
import { differentiable, type ValueAndGradients } from './differentiable';
import { pullLeft, standardise } from './distances';
import { gram } from './gram';
import { checkCount, checkPaired, checkSample } from './inputs';
import { toKernel, type Kernel, type KernelName, type Profile } from './kernels';
import { blocksOf, DENSE_ROWS, joinRows, rowsOf, RunningSum, TILE, type Block } from './tiles';

export interface DhsicOptions {
  /** Kernel of all variables, or one for each. Default `'rbf'`. */
  readonly kernel?: Kernel | KernelName | ReadonlyArray<Kernel | KernelName>;
  /** σ of kernels that were given none, for all or each: a number or a named rule. */
  readonly bandwidth?: number | BandwidthRule | ReadonlyArray<number | BandwidthRule>;
  /** Rows of a tile, as in {@link hsic}. */
  readonly blockSize?: number;
}

/**
 * d-variable HSIC (Pfister et al. 2018, biased): how far d variables, observed together, are from
 * being *jointly* independent. With two variables it is the biased {@link hsic}.
 *
 * @param variables Two or more samples [n, pᵥ] with the same rows.
 * @throws If there are fewer than two variables or their rows differ.
 */
export function dhsic(variables: readonly tf.Tensor2D[], options: DhsicOptions = {}): tf.Scalar {
  checkKeys(options, ['kernel', 'bandwidth', 'blockSize'], 'dhsic');
  if (!Array.isArray(variables) || variables.length < 2) {
    throw new RangeError('dhsic: give a list of at least two variables.');
  }
  variables.forEach((x, v) => {
    checkSample(x, `variable ${v}`, 'dhsic');
    checkPaired(variables[0]!, x, 'dhsic');
  });
  const { blockSize } = options;
  if (blockSize !== undefined) checkCount(blockSize, 'blockSize', 'dhsic');
  const kernels = perVariable(options.kernel ?? 'rbf', variables.length, 'kernel').map((kernel) =>
    toKernel(kernel, 'dhsic'),
  );
  const rules = perVariable(options.bandwidth, variables.length, 'bandwidth');
  const n = variables[0]!.shape[0];
  return differentiable(variables, (inputs, wantsGradients) => {
    const bound = inputs.map((sample, v) =>
      bind(kernels[v]!, rules[v], [sample as tf.Tensor2D], 'dhsic'),
    );
    const points = inputs.map(
      (sample, v) => standardise([sample as tf.Tensor2D], bound[v]!.unit)[0]!,
    );
    const blocks = blocksOf(n, blockSize ?? (n <= DENSE_ROWS ? DENSE_ROWS : TILE));
    const scaled = rescale(tiledDhsic(points, bound, blocks, wantsGradients), bound);
    return { ...scaled, value: notNegative(scaled.value) };
  });
}

function perVariable<T>(setting: T | readonly T[], count: number, name: string): readonly T[] {
  if (!Array.isArray(setting)) return Array.from({ length: count }, () => setting as T);
  if (setting.length !== count) {
    throw new RangeError(
      `dhsic: ${name} must be one setting or one for each of the ${count} variables, got ${setting.length}.`,
    );
  }
  return setting as readonly T[];
}

const product = (factors: readonly tf.Tensor[]): tf.Tensor =>
  factors.length === 1 ? tf.clone(factors[0]!) : factors.reduce((a, b) => tf.mul(a, b));

const others = <T>(items: readonly T[], v: number): T[] => items.filter((_, u) => u !== v);

/**
 * mean Πᵥ Kᵥ + Πᵥ mean Kᵥ − 2 meanᵢ Πᵥ (row means of Kᵥ), in two passes over tiles: the row means,
 * then the products.
 */
function tiledDhsic(
  points: readonly tf.Tensor2D[],
  bound: readonly BoundKernel[],
  blocks: readonly Block[],
  wantsGradients: boolean,
): ValueAndGradients {
  const n = points[0]!.shape[0];
  const tile = (v: number, i: Block, j: Block, slope: boolean): Profile =>
    gram(rowsOf(points[v]!, i), rowsOf(points[v]!, j), bound[v]!, slope);
  const rowMeans = points.map((_, v) =>
    joinRows(
      blocks.map((i) => {
        const sum = new RunningSum<tf.Tensor2D>();
        for (const j of blocks) {
          sum.add(tf.tidy(() => tf.sum(tile(v, i, j, false).value, 1, true) as tf.Tensor2D));
        }
        return tf.tidy(() => tf.mul(sum.take(), 1 / n) as tf.Tensor2D);
      }),
    ),
  );
  const means = rowMeans.map((rows) => tf.mean(rows) as tf.Scalar);
  const joint = new RunningSum<tf.Scalar>();
  const gradients: tf.Tensor2D[][] = points.map(() => []);
  for (const i of blocks) {
    const pulls = points.map(() => new RunningSum<tf.Tensor2D>());
    for (const j of blocks) {
      const [sum, ...pulled] = tf.tidy(() => {
        const grams = points.map((_, v) => tile(v, i, j, wantsGradients));
        const values = grams.map(({ value }) => value);
        const total = tf.sum(tf.sum(product(values), 1));
        if (!wantsGradients) return [total];
        return [total, ...grams.map((own, v) => pull(v, own as Required<Profile>, values, i, j))];
      }) as [tf.Scalar, ...tf.Tensor2D[]];
      joint.add(sum);
      pulled.forEach((part, v) => pulls[v]!.add(part));
    }
    if (wantsGradients) pulls.forEach((sum, v) => gradients[v]!.push(sum.take()));
  }
  const together = tf.mul(joint.take(), 1 / (n * n));
  const marginal = tf.mul(tf.mean(product(rowMeans)), 2);
  const value = tf.sub(tf.add(together, product(means)), marginal) as tf.Scalar;
  if (!wantsGradients) return { value };
  return {
    value,
    gradients: gradients.map((parts, v) => tf.mul(joinRows(parts), tf.div(2, bound[v]!.unit))),
  };

  // ∂/∂Kᵥ[i, j], symmetrised: (Π Kᵤ[i, j] + Π meanᵤ − Π rowᵤ[i] − Π rowᵤ[j])/n² over u ≠ v.
  function pull(
    v: number,
    own: Required<Profile>,
    values: readonly tf.Tensor2D[],
    i: Block,
    j: Block,
  ): tf.Tensor2D {
    const rows = product(others(rowMeans, v)) as tf.Tensor2D;
    const sensitivity = tf.sub(
      tf.sub(tf.add(product(others(values, v)), product(others(means, v))), rowsOf(rows, i)),
      tf.transpose(rowsOf(rows, j)),
    );
    const g = tf.mul(tf.mul(sensitivity, own.slope), 1 / (n * n)) as tf.Tensor2D;
    return pullLeft(g, rowsOf(points[v]!, i), rowsOf(points[v]!, j), bound[v]!.kernel.metric);
  }
}
