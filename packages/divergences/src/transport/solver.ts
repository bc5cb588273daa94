import * as tf from '@tensorflow/tfjs';
import { blocksOf, joinRows, rowsOf, RunningSum, type Block } from '../tiles';
import { exponents, pullCost, type Side, type TransportCost } from './cost';

/** What stays the same through one solution. Points and ε are in the problem's unit. */
export interface Setting {
  readonly cost: TransportCost;
  readonly epsilon: number;
  /** Largest cost there can be: where ε-scaling starts. */
  readonly largestCost: number;
  /** ε shrinks by this factor from one level to the next. */
  readonly shrink: number;
  /** Mean |row sum/row mass − 1| at which the last level stops. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Rows of a tile; undefined: matrices are kept whole. */
  readonly blockSize: number | undefined;
}

export interface Potentials {
  readonly f: tf.Tensor2D;
  readonly g: tf.Tensor2D;
  /** Iterations at the last ε. */
  readonly iterations: number;
  readonly marginalError: number;
}

/** Iterations at each ε above the last. */
const WARM_UP = 10;
/** How often the marginal error is read back. */
const CHECK = 10;
/** Scalings beyond exp(±this) are absorbed into the potentials. */
const ABSORB = 20;

/**
 * Dual potentials of entropic optimal transport between uniform masses on the rows of x and y, by
 * Sinkhorn's algorithm with ε-scaling. Whole matrices: stabilised scaling (Schmitzer 2019): the
 * exponentials are taken once a level, iterations are matrix-vector products, and what they find is
 * absorbed into the potentials, so that nothing leaves float32. In tiles: log-domain updates.
 *
 * With y = x (`same`) the problem is symmetric: f = g, found by averaged updates (Feydy et al. 2019).
 */
export function solvePotentials(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  same: boolean,
  setting: Setting,
): Potentials {
  let f = tf.zeros([x.shape[0], 1]) as tf.Tensor2D;
  let g = same ? f : (tf.zeros([y.shape[0], 1]) as tf.Tensor2D);
  let iterations = 0;
  let marginalError = Infinity;
  const levels = levelsOf(setting);
  for (const [index, epsilon] of levels.entries()) {
    const last = index === levels.length - 1;
    const limit = last ? setting.maxIterations : WARM_UP;
    let done = 0;
    do {
      const step = setting.blockSize === undefined ? scalingRun : logRun;
      const next = step(x, y, f, g, same, epsilon, setting, limit - done, last);
      tf.dispose(same ? f : [f, g]);
      ({ f, g, error: marginalError } = next);
      done += next.iterations;
    } while (done < limit && !(last && marginalError <= setting.tolerance));
    if (last) iterations = done;
  }
  return { f, g, iterations, marginalError };
}

function levelsOf({ epsilon, largestCost, shrink }: Setting): number[] {
  const levels = [epsilon];
  while (levels[0]! < largestCost) levels.unshift(levels[0]! / shrink);
  return levels;
}

interface Run {
  readonly f: tf.Tensor2D;
  readonly g: tf.Tensor2D;
  readonly iterations: number;
  readonly error: number;
}

type Runner = (
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  f: tf.Tensor2D,
  g: tf.Tensor2D,
  same: boolean,
  epsilon: number,
  setting: Setting,
  limit: number,
  watch: boolean,
) => Run;

/** Keeps sums off 0 where every exponential underflows: the next absorption puts it right. */
const TINY = 1e-30;

/** Scaling iterations until `limit`, the tolerance, or the scalings need absorbing. */
const scalingRun: Runner = (x, y, f, g, same, epsilon, setting, limit, watch) => {
  const [n, m] = [x.shape[0], y.shape[0]];
  const gibbs = tf.tidy(() => {
    const [a, b] = [
      { points: x, potential: f },
      { points: y, potential: g },
    ];
    return tf.exp(exponents(a, b, epsilon, setting.cost, same)) as tf.Tensor2D;
  });
  const across = same ? gibbs : (tf.transpose(gibbs) as tf.Tensor2D);
  // Row sums over the mass 1/m of each column: 1 when the marginal is met.
  const rowSums = (v: tf.Tensor2D) =>
    tf.maximum(tf.mul(tf.matMul(gibbs, v), 1 / m), TINY) as tf.Tensor2D;
  const columnSums = (u: tf.Tensor2D) =>
    tf.maximum(tf.mul(tf.matMul(across, u), 1 / n), TINY) as tf.Tensor2D;
  let u = tf.ones([n, 1]) as tf.Tensor2D;
  let v = same ? u : (tf.ones([m, 1]) as tf.Tensor2D);
  let done = 0;
  let error = Infinity;
  while (done < limit) {
    const check = watch && (done % CHECK === CHECK - 1 || done === limit - 1);
    const [nextU, nextV, report] = tf.tidy(() => {
      const sums = rowSums(v);
      if (same) {
        const averaged = tf.sqrt(tf.div(u, sums)) as tf.Tensor2D;
        return [averaged, averaged, check ? reportOf(averaged, averaged, tf.mul(u, sums)) : u];
      }
      const scaledU = tf.reciprocal(sums) as tf.Tensor2D;
      const scaledV = tf.reciprocal(columnSums(scaledU)) as tf.Tensor2D;
      return [scaledU, scaledV, check ? reportOf(scaledU, scaledV, tf.mul(u, sums)) : u];
    }) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D | tf.Tensor2D];
    done++;
    let stop = false;
    if (check) {
      const [off, extent] = report.dataSync();
      error = off!;
      stop = error <= setting.tolerance || extent! > ABSORB;
      report.dispose();
    }
    tf.dispose(same ? u : [u, v]);
    u = nextU;
    v = nextV;
    if (stop) break;
  }
  tf.dispose(same ? gibbs : [gibbs, across]);
  const absorb = (potential: tf.Tensor2D, scaling: tf.Tensor2D) =>
    tf.tidy(() => tf.add(potential, tf.mul(tf.log(scaling), epsilon)) as tf.Tensor2D);
  const nextF = absorb(f, u);
  const nextG = same ? nextF : absorb(g, v);
  tf.dispose(same ? u : [u, v]);
  return { f: nextF, g: nextG, iterations: done, error };
};

/** [mean |row sum − 1|, largest |log scaling|]: one read for both. */
function reportOf(u: tf.Tensor2D, v: tf.Tensor2D, rows: tf.Tensor): tf.Tensor1D {
  const extent = tf.maximum(tf.max(tf.abs(tf.log(u))), tf.max(tf.abs(tf.log(v))));
  return tf.stack([tf.mean(tf.abs(tf.sub(rows, 1))), extent] as tf.Scalar[]) as tf.Tensor1D;
}

/** Log-domain updates by tiles. */
const logRun: Runner = (x, y, f, g, same, epsilon, setting, limit, watch) => {
  let [nextF, nextG] = [tf.clone(f), same ? f : tf.clone(g)];
  let done = 0;
  let error = Infinity;
  while (done < limit) {
    const rows = updated(x, y, nextF, same ? nextF : nextG, epsilon, setting);
    const [f1, off] = tf.tidy(() => [
      // A symmetric problem moves half-way: the full step would oscillate.
      same ? tf.mul(tf.add(nextF, rows), 0.5) : tf.clone(rows),
      tf.mean(tf.abs(tf.expm1(tf.mul(tf.sub(nextF, rows), 1 / epsilon)))),
    ]) as [tf.Tensor2D, tf.Scalar];
    tf.dispose([rows, nextF]);
    nextF = f1;
    if (!same) {
      const g1 = updated(y, x, nextG, nextF, epsilon, setting);
      nextG.dispose();
      nextG = g1;
    }
    done++;
    if (watch) error = off.dataSync()[0]!;
    off.dispose();
    if (watch && error <= setting.tolerance) break;
  }
  return { f: nextF, g: same ? nextF : nextG, iterations: done, error };
};

/** Softmin: f − ε log meanⱼ exp((f + gⱼ − C)/ε), whatever f was; f only keeps exponents small. */
function updated(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  f: tf.Tensor2D,
  g: tf.Tensor2D,
  epsilon: number,
  setting: Setting,
): tf.Tensor2D {
  return extrapolate(x, y, f, g, { ...setting, epsilon }, false).potential;
}

/**
 * The exact update of f for the given g and, when asked, the gradient of the transport value by x:
 * the envelope theorem on the plan whose rows this update has just put right.
 */
export function extrapolate(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  f: tf.Tensor2D,
  g: tf.Tensor2D,
  { epsilon, cost, blockSize }: Setting,
  withGradient: boolean,
): { potential: tf.Tensor2D; gradient?: tf.Tensor2D } {
  const [n, m] = [x.shape[0], y.shape[0]];
  const sideOf = (points: tf.Tensor2D, potential: tf.Tensor2D, block: Block): Side => ({
    points: rowsOf(points, block),
    potential: rowsOf(potential, block),
  });
  const potentials: tf.Tensor2D[] = [];
  const gradients: tf.Tensor2D[] = [];
  // Where ε is far above the cost, exp(e) is 1 to many digits: sum what differs from 1.
  const flat = epsilon > 0.1;
  for (const i of blocksOf(n, blockSize ?? n)) {
    const sum = new RunningSum<tf.Tensor2D>();
    const pull = new RunningSum<tf.Tensor2D>();
    for (const j of blocksOf(m, blockSize ?? m)) {
      const parts = tf.tidy(() => {
        const [a, b] = [sideOf(x, f, i), sideOf(y, g, j)];
        const own = x === y && i.index === j.index;
        const e = exponents(a, b, epsilon, cost, own);
        const rows = tf.mul(tf.sum(flat ? tf.expm1(e) : tf.exp(e), 1, true), 1 / m);
        return withGradient ? [rows, pullCost(tf.exp(e), a.points, b.points, cost, own)] : [rows];
      }) as tf.Tensor2D[];
      sum.add(parts[0]!);
      if (withGradient) pull.add(parts[1]!);
    }
    const rows = sum.take();
    const logs = tf.tidy(() => (flat ? tf.log1p(rows) : tf.log(tf.maximum(rows, TINY))));
    potentials.push(tf.tidy(() => tf.sub(rowsOf(f, i), tf.mul(logs, epsilon)) as tf.Tensor2D));
    if (withGradient) {
      const raw = pull.take();
      gradients.push(tf.tidy(() => tf.div(raw, tf.mul(tf.exp(logs), n * m)) as tf.Tensor2D));
      raw.dispose();
    }
    tf.dispose([rows, logs]);
  }
  const potential = joinRows(potentials);
  return withGradient ? { potential, gradient: joinRows(gradients) } : { potential };
}
