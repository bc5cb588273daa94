import { checkNumber } from '@causal/options';
import { unitOf } from './scoring';

/** Settings of the boosted trees; defaults as in the common reference implementations. */
export interface BoostingOptions {
  /** Boosting rounds. Default 100. */
  readonly rounds?: number;
  /** Levels of splits of a tree. Default 3. */
  readonly depth?: number;
  /** Shrinkage of each tree. Default .1. */
  readonly learningRate?: number;
}

/** Trees that were fitted, and what they used. */
export interface Boosted {
  /** Loss reduction by splits on each input, summing to 1; all 0 where no split helped. */
  readonly importance: Float64Array;
  /** Predicted values, or predicted class indices. */
  predict(inputs: readonly Float64Array[]): Float64Array;
}

const BINS = 64;
/** Names of {@link BoostingOptions}. */
export const BOOSTING_KEYS = ['rounds', 'depth', 'learningRate'] as const;

/** Least rows of a leaf; of fewer than 40 rows an eighth, or twelve rows would leave no split at all. */
const leastInLeaf = (rows: number): number => Math.max(1, Math.min(5, Math.floor(rows / 8)));

/** Gradient-boosted regression trees with squared loss (Friedman 2001) on binned inputs. */
export function boostRegression(
  inputs: readonly Float64Array[],
  wanted: Float64Array,
  options: BoostingOptions = {},
): Boosted {
  const forest = new Forest(inputs, options);
  // In units near 1: squares of 1e200 and of 1e-200 leave float64.
  const unit = unitOf(wanted);
  const target = wanted.map((v) => v * unit);
  const start = target.reduce((sum, v) => sum + v, 0) / target.length;
  const fitted = new Float64Array(target.length).fill(start);
  const ones = new Float64Array(target.length).fill(1);
  for (let round = 0; round < forest.rounds; round++) {
    forest.grow(
      0,
      target.map((v, i) => fitted[i]! - v),
      ones,
      fitted,
    );
  }
  return {
    importance: forest.importance(),
    predict: (rows) => forest.evaluate(rows, 0, start).map((v) => v / unit),
  };
}

/**
 * Gradient-boosted classification trees with logistic (softmax) loss, one tree a class and round.
 * @param classes Class indices 0 … classCount − 1.
 */
export function boostClassification(
  inputs: readonly Float64Array[],
  classes: Int32Array,
  classCount: number,
  options: BoostingOptions = {},
): Boosted {
  const n = classes.length;
  const forest = new Forest(inputs, options);
  const scores = Array.from({ length: classCount }, () => new Float64Array(n));
  const gradient = new Float64Array(n);
  const curvature = new Float64Array(n);
  for (let round = 0; round < forest.rounds; round++) {
    const probabilities = softmax(scores);
    for (let c = 0; c < classCount; c++) {
      for (let i = 0; i < n; i++) {
        const p = probabilities[c]![i]!;
        gradient[i] = p - (classes[i] === c ? 1 : 0);
        curvature[i] = Math.max(p * (1 - p), 1e-6);
      }
      forest.grow(c, gradient, curvature, scores[c]!);
    }
  }
  return {
    importance: forest.importance(),
    predict: (rows) => {
      const values = scores.map((_, c) => forest.evaluate(rows, c, 0));
      return values[0]!.map((_, i) => {
        let best = 0;
        for (let c = 1; c < classCount; c++) if (values[c]![i]! > values[best]![i]!) best = c;
        return best;
      });
    },
  };
}

function softmax(scores: readonly Float64Array[]): Float64Array[] {
  const result = scores.map((column) => column.slice());
  for (let i = 0; i < scores[0]!.length; i++) {
    let largest = -Infinity;
    for (const column of scores) largest = Math.max(largest, column[i]!);
    let sum = 0;
    for (const column of result) sum += column[i] = Math.exp(column[i]! - largest);
    for (const column of result) column[i]! /= sum;
  }
  return result;
}

/** A split at `threshold` of an input (left: below or equal), or, with input −1, a leaf. */
interface Node {
  readonly input: number;
  readonly threshold: number;
  readonly left: number;
  readonly right: number;
  readonly value: number;
}

interface Split {
  readonly gain: number;
  readonly input: number;
  readonly bin: number;
}

/** Grows trees on inputs that are binned once, by Newton steps on gradients and curvatures. */
class Forest {
  readonly rounds: number;
  readonly #depth: number;
  readonly #rate: number;
  /** Upper edges of the bins of each input, and the bin of each value. */
  readonly #edges: readonly Float64Array[];
  readonly #bins: readonly Uint8Array[];
  readonly #gains: Float64Array;
  /** Sums of gradients and curvatures, and rows, of each bin of the input being looked at. */
  readonly #histogram = {
    g: new Float64Array(BINS),
    h: new Float64Array(BINS),
    count: new Int32Array(BINS),
  };
  readonly #trees: { output: number; nodes: Node[] }[] = [];

  readonly #least: number;

  constructor(inputs: readonly Float64Array[], options: BoostingOptions) {
    const { rounds = 100, depth = 3, learningRate = 0.1 } = options;
    checkNumber(rounds, 'rounds', 'dci', { integer: true, least: 1 });
    checkNumber(depth, 'depth', 'dci', { integer: true, least: 1 });
    checkNumber(learningRate, 'learningRate', 'dci', { above: 0 });
    this.#least = leastInLeaf(inputs[0]!.length);
    this.rounds = rounds;
    this.#depth = depth;
    this.#rate = learningRate;
    this.#edges = inputs.map(binEdges);
    this.#bins = inputs.map((column, j) =>
      Uint8Array.from(column, (v) => binOf(this.#edges[j]!, v)),
    );
    this.#gains = new Float64Array(inputs.length);
  }

  importance(): Float64Array {
    const total = this.#gains.reduce((a, b) => a + b, 0);
    return this.#gains.map((gain) => (total > 0 ? gain / total : 0));
  }

  /** Fits a tree to the gradients and adds its shrunken values to `fitted`. */
  grow(
    output: number,
    gradient: Float64Array,
    curvature: Float64Array,
    fitted: Float64Array,
  ): void {
    const nodes: Node[] = [];
    const rows = Int32Array.from({ length: gradient.length }, (_, i) => i);
    const build = (members: Int32Array, depth: number): number => {
      const split = depth < this.#depth ? this.#bestSplit(members, gradient, curvature) : null;
      const at = nodes.length;
      nodes.push({ input: -1, threshold: 0, left: 0, right: 0, value: 0 });
      if (!split) {
        let g = 0;
        let h = 0;
        for (const i of members) {
          g += gradient[i]!;
          h += curvature[i]!;
        }
        const value = (-this.#rate * g) / h;
        for (const i of members) fitted[i]! += value;
        nodes[at] = { input: -1, threshold: 0, left: 0, right: 0, value };
        return at;
      }
      const { input, bin, gain } = split;
      this.#gains[input]! += gain;
      const border = partition(members, this.#bins[input]!, bin);
      const left = build(members.subarray(0, border), depth + 1);
      const right = build(members.subarray(border), depth + 1);
      nodes[at] = { input, threshold: this.#edges[input]![bin]!, left, right, value: 0 };
      return at;
    };
    build(rows, 0);
    this.#trees.push({ output, nodes });
  }

  #bestSplit(members: Int32Array, gradient: Float64Array, curvature: Float64Array): Split | null {
    let best: Split | null = null;
    let allG = 0;
    let allH = 0;
    for (const i of members) {
      allG += gradient[i]!;
      allH += curvature[i]!;
    }
    const before = (allG * allG) / allH;
    const { g, h, count } = this.#histogram;
    for (let input = 0; input < this.#bins.length; input++) {
      g.fill(0);
      h.fill(0);
      count.fill(0);
      const bins = this.#bins[input]!;
      for (let k = 0; k < members.length; k++) {
        const i = members[k]!;
        const b = bins[i]!;
        g[b]! += gradient[i]!;
        h[b]! += curvature[i]!;
        count[b]!++;
      }
      let leftG = 0;
      let leftH = 0;
      let leftCount = 0;
      for (let bin = 0; bin < this.#edges[input]!.length; bin++) {
        leftG += g[bin]!;
        leftH += h[bin]!;
        leftCount += count[bin]!;
        if (leftCount < this.#least) continue;
        if (members.length - leftCount < this.#least) break;
        const rightG = allG - leftG;
        const gain = (leftG * leftG) / leftH + (rightG * rightG) / (allH - leftH) - before;
        if (gain > (best?.gain ?? 1e-10 * (1 + before))) best = { gain, input, bin };
      }
    }
    return best;
  }

  /** Sum of the trees of an output. */
  evaluate(inputs: readonly Float64Array[], output: number, start: number): Float64Array {
    const result = new Float64Array(inputs[0]!.length).fill(start);
    for (const { output: of, nodes } of this.#trees) {
      if (of !== output) continue;
      for (let i = 0; i < result.length; i++) {
        let node = nodes[0]!;
        while (node.input >= 0) {
          node = nodes[inputs[node.input]![i]! <= node.threshold ? node.left : node.right]!;
        }
        result[i]! += node.value;
      }
    }
    return result;
  }
}

/** Moves rows at or below the bin to the front, keeping no order, and says where the others start. */
function partition(members: Int32Array, bins: Uint8Array, bin: number): number {
  let border = 0;
  for (let k = 0; k < members.length; k++) {
    const row = members[k]!;
    if (bins[row]! > bin) continue;
    members[k] = members[border]!;
    members[border++] = row;
  }
  return border;
}

/** Borders between at most {@link BINS} bins of about equal size, midway between values. */
function binEdges(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  const edges: number[] = [];
  for (let b = 1; b < BINS; b++) {
    const at = Math.floor((b * sorted.length) / BINS);
    // The next larger value, so that no border lies inside a tie.
    let next = at;
    while (next < sorted.length && sorted[next] === sorted[at]) next++;
    if (next === sorted.length) break;
    const edge = (sorted[at]! + sorted[next]!) / 2;
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  return Float64Array.from(edges);
}

function binOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
