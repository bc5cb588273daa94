import type { Matrix } from '@causal/datasets';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { nearestActive } from '../warp/nearest-active';
import { fourierFeatures } from './fourier-features';
import { ridgeErrors } from './ridge-errors';

export interface ScreenInput {
  /** [n, pixels·channels], centred. */
  readonly pictures: tf.Tensor2D;
  readonly imageShape: readonly [number, number, number];
  /** Standardised labels [n, d]. */
  readonly labels: Matrix;
  readonly graph: Matrix;
  readonly rng: Rng;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((part: number) => void) | undefined;
}

export interface Screening {
  /** Share of the pictures' variance that all labels together explain (cross-validated). */
  readonly explained: number;
  /** Per pixel, channels summed: variance, and the part of it that labels explain. */
  readonly variance: Float32Array;
  readonly explainedVariance: Float32Array;
  /** Gates [d·pixels], 0 or 1; null where the labels explain too little for them. */
  readonly gates: Float32Array | null;
  /** Sets of concepts that own pixels, and how many each. */
  readonly sets: readonly { readonly concepts: readonly number[]; readonly pixels: number }[];
}

/** Random Fourier features of each set. */
const FEATURES = 160;
/** Sets of more concepts are not tried, and of many concepts only so many sets in all. */
const MOST_CONCEPTS = 3;
const MOST_SETS = 64;
/** A set is acceptable if its error is not above the full set's by more than so many standard errors … */
const STANDARD_ERRORS = 3;
/** … or by more than this share of what labels explain at the pixel. */
const TOLERANCE = 0.03;
/** Labels explain a pixel if that is beyond so many standard errors and this share of the most. */
const ACTIVE_ERRORS = 5;
const ACTIVE_SHARE = 5e-4;
/** A sink of the graph costs less than a cause: where both explain a pixel, it is the effect's. */
const SINK_COST = 0.9;
/** Among sets of the same cost the lower error wins; a whole concept's price is worth this much. */
const TIE = 0.3;
/** Sets with a smaller share of the active pixels are dropped: specks decide do(). */
const SET_SHARE = 0.03;
/** Labels must explain more than this for gates: with nuisance, screening sees mostly the nuisance. */
const ENOUGH = 0.5;

/**
 * Which concept may touch which pixel, found without training: each pixel is predicted from each
 * small set of concepts by cross-validated ridge regression on random Fourier features, and the
 * cheapest set that is as good as all labels together owns it.
 *
 * On data whose labels determine each other nothing in a decoder's loss decides whether a shadow is
 * painted by its length or by the light that casts it; preferring effects over causes (a small
 * discount for sinks of the graph) is the causal convention, not something pixels could tell.
 */
export async function screenByRidge(input: ScreenInput): Promise<Screening> {
  const { pictures, imageShape, labels, graph, rng, signal, onProgress } = input;
  const [height, width, channels] = imageShape;
  const d = labels[0]!.length;
  const all = Array.from({ length: d }, (_, i) => i);
  const errorsOf = (set: readonly number[]): tf.Tensor2D =>
    tf.tidy(() => {
      const { values, width: q } = fourierFeatures(labels, set, FEATURES, rng.split(set.join()));
      return ridgeErrors(tf.tensor2d(values, [labels.length, q]), pictures, channels);
    });
  const blurred = (errors: tf.Tensor2D): tf.Tensor2D =>
    tf.tidy(() => {
      const maps = errors.reshape([-1, height, width, 1]) as tf.Tensor4D;
      return tf.avgPool(maps, 3, 1, 'same').reshape(errors.shape) as tf.Tensor2D;
    });

  const plainFull = errorsOf(all);
  const plainEmpty = tf.tidy(
    () => pictures.square().reshape([labels.length, -1, channels]).sum(2) as tf.Tensor2D,
  );
  const variance = await meanOf(plainEmpty);
  const left = await meanOf(plainFull);
  const explainedVariance = variance.map((v, p) => Math.max(0, v - left[p]!));
  const total = variance.reduce((sum, v) => sum + v, 0);
  const explained = total > 0 ? 1 - left.reduce((sum, v) => sum + v, 0) / total : 0;
  const full = blurred(plainFull);
  const empty = blurred(plainEmpty);
  tf.dispose([plainFull, plainEmpty]);
  try {
    const found = { explained, variance, explainedVariance };
    if (explained < ENOUGH) return { ...found, gates: null, sets: [] };
    const gain = await gapOf(empty, full);
    const most = gain.mean.reduce((max, v) => Math.max(max, v), 0);
    const active = gain.mean.map((v, p) =>
      Number(v > ACTIVE_ERRORS * gain.error[p]! && v > ACTIVE_SHARE * most),
    );
    const sets = smallSets(d);
    const isSink = all.map(
      (i) => graph[i]!.every((w) => w === 0) && graph.some((row) => row[i] !== 0),
    );
    const best = new Int32Array(height * width).fill(sets.length);
    const lowest = new Float64Array(height * width).fill(Infinity);
    for (const [s, set] of sets.entries()) {
      signal?.throwIfAborted();
      const errors = tf.tidy(() => blurred(errorsOf(set)));
      const gap = await gapOf(errors, full);
      errors.dispose();
      const price = set.reduce((sum, i) => sum + (isSink[i] ? SINK_COST : 1), 0);
      gap.mean.forEach((excess, p) => {
        const gained = gain.mean[p]!;
        if (excess > STANDARD_ERRORS * gap.error[p]! && excess > TOLERANCE * gained) return;
        const cost = price + TIE * (excess / Math.max(gained, 1e-9));
        if (cost >= lowest[p]!) return;
        lowest[p] = cost;
        best[p] = s;
      });
      onProgress?.((s + 1) / sets.length);
      await tf.nextFrame();
    }
    const owners = withoutRareSets(best, active, width);
    const chosen = [...sets, all];
    const gates = gateMaps(owners, chosen, d, height, width);
    const counts = chosen.map((concepts, s) => ({
      concepts,
      pixels: owners.reduce((sum, owner) => sum + Number(owner === s), 0),
    }));
    return { ...found, gates, sets: counts.filter(({ pixels }) => pixels > 0) };
  } finally {
    tf.dispose([full, empty]);
  }
}

/** All non-empty sets of few concepts, smaller ones first; the full set is not among them. */
function smallSets(d: number): number[][] {
  const found: number[][] = [];
  const grow = (from: number, set: number[], size: number): void => {
    if (set.length === size) return void found.push(set);
    for (let i = from; i < d; i++) grow(i + 1, [...set, i], size);
  };
  for (let size = 1; size <= Math.min(MOST_CONCEPTS, d - 1); size++) {
    const before = found.length;
    grow(0, [], size);
    if (size > 1 && found.length > MOST_SETS) return found.slice(0, before);
  }
  return found;
}

async function meanOf(errors: tf.Tensor2D): Promise<Float32Array> {
  const mean = tf.tidy(() => errors.mean(0));
  const values = (await mean.data()) as Float32Array;
  mean.dispose();
  return values.slice();
}

/** Mean over rows of a − b, and its standard error. */
async function gapOf(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
): Promise<{ mean: Float32Array; error: Float32Array }> {
  const [mean, error] = tf.tidy(() => {
    const gap = a.sub(b);
    const middle = gap.mean(0);
    return [middle, gap.sub(middle).square().mean(0).sqrt().div(Math.sqrt(a.shape[0]))];
  });
  const gap = {
    mean: ((await mean!.data()) as Float32Array).slice(),
    error: ((await error!.data()) as Float32Array).slice(),
  };
  tf.dispose([mean, error]);
  return gap;
}

/** The owner of each active pixel, −1 elsewhere; owners with few pixels give theirs to the nearest. */
function withoutRareSets(best: Int32Array, active: Float32Array, width: number): Int32Array {
  const counts = new Map<number, number>();
  let pixels = 0;
  best.forEach((owner, p) => {
    if (!active[p]) return;
    pixels++;
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  });
  const kept = best.map((owner, p) =>
    active[p] && counts.get(owner)! >= SET_SHARE * pixels ? owner : -1,
  );
  const filled = nearestActive(kept, width);
  return filled.map((owner, p) => (active[p] ? owner : -1));
}

/** Gates of each concept, wider by a pixel than what it owns, so that edges may move. */
function gateMaps(
  owners: Int32Array,
  sets: readonly (readonly number[])[],
  d: number,
  height: number,
  width: number,
): Float32Array {
  const gates = new Float32Array(d * height * width);
  owners.forEach((owner, p) => {
    if (owner < 0) return;
    const [y, x] = [Math.floor(p / width), p % width];
    for (const i of sets[owner]!) {
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        const row = (i * height + v) * width;
        gates.fill(1, row + Math.max(0, x - 1), row + Math.min(width, x + 2));
      }
    }
  });
  return gates;
}
