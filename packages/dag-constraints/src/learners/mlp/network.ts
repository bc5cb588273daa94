import type { Rng } from '@causal/random';
import type { WeightsOf } from '../split-solver';

/** One small network per variable: all d variables in, `hidden` units per layer, 1 out. */
export interface Shape {
  readonly variables: number;
  /** Units of each hidden layer, at least one layer. */
  readonly hidden: readonly number[];
  /** Leaky: slope .05 below 0. */
  readonly activation: 'sigmoid' | 'leaky-relu';
}

/** Where a layer's parameters lie in θ: `weights` [variables][outputs][inputs], then its biases. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: number;
  readonly biases: number;
}

/**
 * The layers of all networks in one vector θ, child by child within a layer. The first layer's
 * weights come first: θ[(j·m + k)·d + i] leads from variable i to unit k of child j. They are what
 * the graph is read from.
 */
export function layersOf({ variables, hidden }: Shape): Layer[] {
  const layers: Layer[] = [];
  let at = 0;
  let inputs = variables;
  for (const outputs of [...hidden, 1]) {
    const biases = at + variables * outputs * inputs;
    layers.push({ inputs, outputs, weights: at, biases });
    at = biases + variables * outputs;
    inputs = outputs;
  }
  return layers;
}

/** How many parameters a shape has. */
export const parameterCount = (shape: Shape): number => {
  const last = layersOf(shape).at(-1)!;
  return last.biases + shape.variables;
};

/** How many of them, the first, are weights of the first layer. */
export const firstLayerSize = ({ variables, hidden }: Shape): number =>
  variables * variables * hidden[0]!;

/**
 * Weights and biases ~ U(±1/√inputs), those of the first layer times `first`; 0 from a variable to
 * itself and wherever `forbidden[i·d + j]`.
 */
export function initialParameters(
  shape: Shape,
  rng: Rng,
  forbidden: ArrayLike<number>,
  first = 1,
): Float64Array {
  const theta = new Float64Array(parameterCount(shape));
  layersOf(shape).forEach(({ inputs, weights, biases, outputs }, l) => {
    const end = biases + shape.variables * outputs;
    const bound = (l === 0 ? first : 1) / Math.sqrt(inputs);
    for (let at = weights; at < end; at++) theta[at] = bound * (2 * rng.uniform() - 1);
  });
  const fixed = perFirstWeight(shape, forbidden);
  for (let at = 0; at < fixed.length; at++) if (fixed[at]) theta[at] = 0;
  return theta;
}

/** A value per edge i → j (row-major) as a value per weight of the first layer. */
export function perFirstWeight(shape: Shape, perEdge: ArrayLike<number>): Float64Array {
  const { variables: d, hidden } = shape;
  const m = hidden[0]!;
  const out = new Float64Array(firstLayerSize(shape));
  for (let row = 0; row < d * m; row++) {
    const j = Math.floor(row / m);
    for (let i = 0; i < d; i++) out[row * d + i] = perEdge[i * d + j]!;
  }
  return out;
}

/**
 * The graph that θ means: w[i·d + j] is the Euclidean norm of the first-layer weights from variable
 * i into the network of j (Zheng et al. 2020, section 3.1).
 */
export function edgeNorms(shape: Shape): WeightsOf {
  const { variables: d, hidden } = shape;
  const m = hidden[0]!;
  const weights = (theta: Float64Array): Float64Array => {
    const w = new Float64Array(d * d);
    for (let j = 0; j < d; j++) {
      for (let row = j * m; row < (j + 1) * m; row++) {
        for (let i = 0; i < d; i++) w[i * d + j]! += theta[row * d + i]! ** 2;
      }
    }
    for (let at = 0; at < w.length; at++) w[at] = Math.sqrt(w[at]!);
    return w;
  };
  return {
    size: d,
    weights,
    // d‖v‖/dv = v/‖v‖; penalties are smooth in ‖v‖², so that 0 is right at v = 0.
    pull: (theta, wGradient, gradient) => {
      const w = weights(theta);
      const scale = w.map((norm, at) => (norm > 0 ? wGradient[at]! / norm : 0));
      for (let row = 0; row < d * m; row++) {
        const j = Math.floor(row / m);
        for (let i = 0; i < d; i++) {
          gradient[row * d + i]! += scale[i * d + j]! * theta[row * d + i]!;
        }
      }
    },
    spread: (onEdges, out) => {
      for (let row = 0; row < d * m; row++) {
        const j = Math.floor(row / m);
        for (let i = 0; i < d; i++) out[row * d + i]! += onEdges[i * d + j]!;
      }
    },
  };
}
