import { flat } from '@causal/linalg';
import { layersOf, parameterCount, type Layer, type Shape } from './network';
import { sigmoidInPlace } from './sigmoid';
import type { Squares, Targets } from './squares';

const LEAK = 0.05;

/**
 * In float64 on the host, backpropagation by hand. Activations are [child][unit][row], so that a
 * layer is one matrix product per child (one for all in the first layer, which all children share
 * the input of) and every inner loop runs along the rows.
 */
export function hostSquares(shape: Shape, { rows: n, byColumn }: Targets): Squares {
  const { variables: d } = shape;
  const layers = layersOf(shape);
  const byRow = flat.transpose(byColumn, d, n);
  // activation[l] is the output of layer l; the last one turns into the residuals.
  const activation = layers.map(({ outputs }) => new Float64Array(d * outputs * n));
  const slope = layers.map(({ outputs }) => new Float64Array(d * outputs * n));
  const activate = shape.activation === 'sigmoid' ? sigmoidInPlace : leakyInPlace;

  function forward(theta: Float64Array): void {
    layers.forEach(({ inputs, outputs, weights, biases }, l) => {
      const out = activation[l]!;
      if (l === 0) {
        flat.matMul(theta.subarray(0, biases), byColumn, d * outputs, d, n, out);
      } else {
        for (let j = 0; j < d; j++) {
          const w = weights + j * outputs * inputs;
          flat.matMul(
            theta.subarray(w, w + outputs * inputs),
            activation[l - 1]!.subarray(j * inputs * n, (j + 1) * inputs * n),
            outputs,
            inputs,
            n,
            out.subarray(j * outputs * n, (j + 1) * outputs * n) as Float64Array<ArrayBuffer>,
          );
        }
      }
      if (l === layers.length - 1) return;
      for (let unit = 0; unit < d * outputs; unit++)
        activate(out, unit * n, n, theta[biases + unit]!);
    });
  }

  function residuals(theta: Float64Array): number {
    const out = activation.at(-1)!;
    const to = slope.at(-1)!;
    const { biases } = layers.at(-1)!;
    let sum = 0;
    for (let j = 0; j < d; j++) {
      const bias = theta[biases + j]!;
      for (let t = j * n; t < (j + 1) * n; t++) {
        const r = out[t]! + bias - byColumn[t]!;
        to[t] = r;
        sum += r * r;
      }
    }
    return sum / 2;
  }

  /** Gradient of layer l's parameters, and the slope of what feeds it, for one child. */
  function backward(l: number, j: number, theta: Float64Array, gradient: Float64Array): void {
    const { inputs, outputs, weights } = layers[l]!;
    const size = inputs * n;
    const own = slope[l]!.subarray(j * outputs * n, (j + 1) * outputs * n);
    const below = activation[l - 1]!.subarray(j * size, (j + 1) * size);
    const into = slope[l - 1]!.subarray(j * size, (j + 1) * size) as Float64Array<ArrayBuffer>;
    const w = theta.subarray(weights + j * outputs * inputs, weights + (j + 1) * outputs * inputs);
    const dw = gradient.subarray(
      weights + j * outputs * inputs,
      weights + (j + 1) * outputs * inputs,
    );
    if (outputs === 1) {
      for (let k = 0; k < inputs; k++) {
        dw[k] = pullUnit(below, into, k * n, own, w[k]!, shape.activation);
      }
      return;
    }
    dw.set(flat.matMul(own, flat.transpose(below, inputs, n), outputs, n, inputs));
    flat.matMul(flat.transpose(w, outputs, inputs), own, inputs, outputs, n, into);
    if (shape.activation === 'sigmoid') {
      for (let at = 0; at < size; at++) into[at]! *= below[at]! * (1 - below[at]!);
    } else {
      for (let at = 0; at < size; at++) if (below[at]! < 0) into[at]! *= LEAK;
    }
  }

  const length = parameterCount(shape);
  return {
    at(theta, gradient) {
      if (theta.length !== length || gradient.length !== length) {
        throw new RangeError(`hostSquares: ${length} parameters, got ${theta.length}.`);
      }
      forward(theta);
      const value = residuals(theta);
      for (let l = layers.length - 1; l > 0; l--) {
        for (let j = 0; j < d; j++) backward(l, j, theta, gradient);
        sumRows(slope[l]!, layers[l]!, d, n, gradient);
      }
      const first = layers[0]!;
      flat.matMul(
        slope[0]!,
        byRow,
        d * first.outputs,
        n,
        d,
        gradient.subarray(0, first.biases) as Float64Array<ArrayBuffer>,
      );
      sumRows(slope[0]!, first, d, n, gradient);
      return value;
    },
    dispose: () => undefined,
  };
}

/**
 * One unit that feeds a single output: the slope of its input into `into`, the gradient of its
 * weight returned, in one pass.
 */
function pullUnit(
  below: Float64Array,
  into: Float64Array,
  from: number,
  own: Float64Array,
  weight: number,
  activation: Shape['activation'],
): number {
  let sum = 0;
  if (activation === 'sigmoid') {
    for (let t = 0; t < own.length; t++) {
      const a = below[from + t]!;
      const product = own[t]! * a;
      sum += product;
      into[from + t] = weight * product * (1 - a);
    }
    return sum;
  }
  for (let t = 0; t < own.length; t++) {
    const a = below[from + t]!;
    const slope = own[t]!;
    sum += slope * a;
    into[from + t] = slope * (a < 0 ? LEAK * weight : weight);
  }
  return sum;
}

/** The gradient of a layer's biases. */
function sumRows(
  slope: Float64Array,
  { outputs, biases }: Layer,
  d: number,
  n: number,
  gradient: Float64Array,
): void {
  for (let unit = 0; unit < d * outputs; unit++) {
    let sum = 0;
    for (let t = unit * n; t < (unit + 1) * n; t++) sum += slope[t]!;
    gradient[biases + unit] = sum;
  }
}

function leakyInPlace(values: Float64Array, from: number, count: number, bias: number): void {
  for (let at = from; at < from + count; at++) {
    const z = values[at]! + bias;
    values[at] = z < 0 ? LEAK * z : z;
  }
}
