import type { Matrix } from '@causal/datasets';
import type { Rng } from '@causal/random';
import { nearestActive } from './nearest-active';
import { withoutSpecks } from './specks';

export interface ScreeningInput {
  /** Pictures [n, height, width, channels], flat, in [0, 1]. */
  readonly images: Float32Array;
  readonly imageShape: readonly [number, number, number];
  /** Labels of the same pictures [n, d] on the unit scale. */
  readonly labels: Matrix;
  /** The concept graph; effects are preferred over their causes (see {@link screenBlocks}). */
  readonly graph: Matrix;
  readonly rng: Rng;
  /** Largest set of concepts that one pixel may depend on. Default 3. */
  readonly maxConcepts?: number;
  /** Queries for the leave-one-out errors. Default 1000. */
  readonly queries?: number;
}

export interface Blocks {
  /** The concepts (indices) of each block. */
  readonly concepts: readonly (readonly number[])[];
  /** Block of each pixel [height·width]. */
  readonly assignment: Int32Array;
  /** Variance of each pixel over the data, channels summed [height·width]. */
  readonly variance: Float64Array;
}

const NEIGHBOURS = 3;
const SPARSE_REFERENCES = 300;
const SPARSE_DRAWS = 6;
const SPARSE_WEIGHT = 0.2;
const SIZE_COST = 0.05;
const SINK_DISCOUNT = 0.9;
const VARIANCE_FLOOR = 1e-3;
const ACTIVE_SHARE = 0.02;
const BLOCK_SHARE = 0.03;
/** Price of a set, in parts of the pictures' variance. */
const SET_PRICE = 0.003;
/** Pixels that vary less than this part of the most varying one are not predicted. */
const STILL_SHARE = 0.002;

/**
 * Finds which concepts explain which pixels, without training.
 *
 * For each small set S of concepts and each pixel: the leave-one-out error of predicting the pixel
 * from the labels of S by nearest neighbours, once with all references (is S enough?) and once
 * with few (is the dependence simple?). The best score, with a price per concept, names the
 * pixel's set.
 *
 * A convention, not a discovery: where causes explain a pixel exactly as well as their effect does
 * (the shadow, from the light and the angle), the effect is preferred by a small discount for
 * sinks of the graph. No pixel could tell; the causal convention is that an effect's own pixels
 * follow the effect.
 */
export function screenBlocks(input: ScreeningInput): Blocks {
  const { images, imageShape, labels, graph, rng } = input;
  const [height, width, channels] = imageShape;
  const pixels = height * width;
  const n = labels.length;
  const d = graph.length;
  if (n < 50) {
    throw new RangeError(`Screening needs at least 50 labelled pictures, got ${n}.`);
  }
  if (images.length !== n * pixels * channels) {
    throw new RangeError(
      `Screening got ${images.length} pixel values for ${n} pictures of shape [${imageShape}].`,
    );
  }
  const order = rng.split('screening').permutation(n);
  const queries = order.subarray(0, Math.min(input.queries ?? 1000, n));
  const sparse = Array.from({ length: SPARSE_DRAWS }, (_, draw) =>
    rng
      .split('screening')
      .split(draw)
      .permutation(n)
      .subarray(0, Math.min(SPARSE_REFERENCES, n >> 1)),
  );
  const blur = 2 * Math.floor((5 * Math.max(height, width)) / 96) + 1;
  const smooth = (map: Float64Array): Float64Array => boxBlur(map, height, width, blur);

  const variance = pixelVariance(images, n, pixels, channels);
  const smoothVariance = smooth(variance);
  const sets = subsets(d, Math.min(input.maxConcepts ?? 3, d));
  const isSink = graph.map((row) => row.every((weight) => weight === 0));
  const hasParent = graph.map((_, j) => graph.some((row) => row[j] !== 0));
  const moving = movingPixels(variance);
  const scores = sets.map((set) => {
    const errorOf = (references: Int32Array, k: number): Float64Array =>
      knnError(images, moving, channels, pixels, labels, set, queries, references, k);
    const dense = smooth(errorOf(order, NEIGHBOURS));
    const few = new Float64Array(pixels);
    for (const references of sparse) {
      const error = errorOf(references, 1);
      for (let p = 0; p < pixels; p++) few[p]! += error[p]! / SPARSE_DRAWS;
    }
    const simple = smooth(few);
    const price = set.reduce(
      (sum, i) => sum + SIZE_COST * (isSink[i] && hasParent[i] ? SINK_DISCOUNT : 1),
      0,
    );
    return dense.map(
      (error, p) =>
        (error + SPARSE_WEIGHT * simple[p]!) / Math.max(smoothVariance[p]!, VARIANCE_FLOOR) + price,
    );
  });
  const empty = smoothVariance.map((v) => v / Math.max(v, VARIANCE_FLOOR));

  const largest = smoothVariance.reduce((max, v) => Math.max(max, v), 0);
  const choose = (allowed: readonly number[]): Int32Array => {
    const choice = new Int32Array(pixels).fill(-1);
    for (let p = 0; p < pixels; p++) {
      if (smoothVariance[p]! <= ACTIVE_SHARE * largest) continue;
      let best = empty[p]!;
      for (const s of allowed) {
        if (scores[s]![p]! < best) {
          best = scores[s]![p]!;
          choice[p] = s;
        }
      }
    }
    return choice;
  };
  const first = choose(sets.map((_, s) => s));
  const share = new Float64Array(sets.length);
  let total = 0;
  for (let p = 0; p < pixels; p++) {
    total += variance[p]!;
    if (first[p]! >= 0) share[first[p]!]! += variance[p]!;
  }
  const candidates = sets
    .flatMap((_, s) => (share[s]! >= BLOCK_SHARE * total ? [s] : []))
    .sort((a, b) => share[b]! - share[a]!);
  if (candidates.length === 0) {
    throw new Error(
      'Screening found no pixels that the labels explain. Are the labels of these pictures? Choose decoder: "joint" if the pictures vary for other reasons.',
    );
  }
  const kept = neededSets(candidates, scores, smoothVariance, empty);
  const chosen = withoutSpecks(nearestActive(choose(kept), width), variance, width);
  const index = new Map(kept.map((s, block) => [s, block]));
  return {
    concepts: kept.map((s) => sets[s]!),
    assignment: chosen.map((s) => index.get(s)!),
    variance,
  };
}

/**
 * The sets that together explain the pixels best: total score (weighted by variance) plus a price
 * per set, over all choices of candidates. Without the price, noise in the scores of single pixels
 * lets sets in that others explain as well.
 */
function neededSets(
  candidates: readonly number[],
  scores: readonly Float64Array[],
  weight: Float64Array,
  empty: Float64Array,
): number[] {
  const all = weight.reduce((sum, w) => sum + w, 0);
  // At most 2¹⁰ choices: of more candidates (each has 3 % of the variance) the first ten.
  const few = candidates.slice(0, 10);
  let best: number[] = [];
  let lowest = Infinity;
  for (let choice = 1; choice < 1 << few.length; choice++) {
    const sets = few.filter((_, i) => choice & (1 << i));
    let cost = SET_PRICE * sets.length;
    for (let p = 0; p < weight.length; p++) {
      if (weight[p] === 0) continue;
      let least = empty[p]!;
      for (const s of sets) least = Math.min(least, scores[s]![p]!);
      cost += (least * weight[p]!) / all;
    }
    if (cost < lowest) {
      lowest = cost;
      best = sets;
    }
  }
  return best.sort((a, b) => a - b);
}

/** All non-empty subsets of 0 … d − 1 with at most `size` elements. */
function subsets(d: number, size: number): number[][] {
  const found: number[][] = [];
  const grow = (from: number, set: number[]): void => {
    if (set.length > 0) found.push(set);
    if (set.length === size) return;
    for (let i = from; i < d; i++) grow(i + 1, [...set, i]);
  };
  grow(0, []);
  return found.sort((a, b) => a.length - b.length);
}

function pixelVariance(
  images: Float32Array,
  n: number,
  pixels: number,
  channels: number,
): Float64Array {
  const size = pixels * channels;
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  for (let r = 0; r < n; r++) {
    for (let q = 0; q < size; q++) {
      const value = images[r * size + q]!;
      mean[q]! += value;
      square[q]! += value * value;
    }
  }
  const variance = new Float64Array(pixels);
  for (let q = 0; q < size; q++) {
    const m = mean[q]! / n;
    variance[Math.floor(q / channels)]! += Math.max(0, square[q]! / n - m * m);
  }
  return variance;
}

/** Pixels that vary enough to be worth predicting. */
function movingPixels(variance: Float64Array): Int32Array {
  const largest = variance.reduce((max, v) => Math.max(max, v), 0);
  const found: number[] = [];
  variance.forEach((v, p) => {
    if (v > STILL_SHARE * largest) found.push(p);
  });
  return Int32Array.from(found);
}

/**
 * Mean squared error per pixel (channels summed) of predicting each query by the mean of its
 * `k` nearest references in the labels of `set`, the query itself left out; 0 for pixels that are
 * not in `moving`.
 */
function knnError(
  images: Float32Array,
  moving: Int32Array,
  channels: number,
  pixels: number,
  labels: Matrix,
  set: readonly number[],
  queries: Int32Array,
  references: Int32Array,
  k: number,
): Float64Array {
  const size = pixels * channels;
  const error = new Float64Array(pixels);
  const nearest = new Int32Array(k);
  const distance = new Float64Array(k);
  for (const query of queries) {
    distance.fill(Infinity);
    nearest.fill(-1);
    for (const reference of references) {
      if (reference === query) continue;
      let total = 0;
      for (const i of set) {
        const difference = labels[query]![i]! - labels[reference]![i]!;
        total += difference * difference;
      }
      if (total >= distance[k - 1]!) continue;
      let slot = k - 1;
      while (slot > 0 && distance[slot - 1]! > total) {
        distance[slot] = distance[slot - 1]!;
        nearest[slot] = nearest[slot - 1]!;
        slot--;
      }
      distance[slot] = total;
      nearest[slot] = reference;
    }
    for (const p of moving) {
      for (let c = p * channels; c < (p + 1) * channels; c++) {
        let prediction = 0;
        for (let i = 0; i < k; i++) prediction += images[nearest[i]! * size + c]!;
        const difference = images[query * size + c]! - prediction / k;
        error[p]! += difference * difference;
      }
    }
  }
  for (let p = 0; p < pixels; p++) error[p]! /= queries.length;
  return error;
}

/** Mean over a window of `side`×`side` pixels, clipped at the border. */
function boxBlur(map: Float64Array, height: number, width: number, side: number): Float64Array {
  const reach = side >> 1;
  const out = new Float64Array(map.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      let count = 0;
      for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
        for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
          sum += map[v * width + u]!;
          count++;
        }
      }
      out[y * width + x] = sum / count;
    }
  }
  return out;
}
