import { createRng } from '@causal/random';
import { numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import * as host from '../host/index';
import { gap } from '../testing';
import { GumbelMaskLayer } from './gumbel-mask-layer';
import { LinearScmLayer } from './linear-scm-layer';
import { MaskLayer } from './mask-layer';

useEngine();

const [batch, d, k, h] = [2, 3, 2, 4];
const at = (b: number, i: number, c: number) => (b * d + i) * k + c;
const numbers = (name: string, length: number) =>
  Float64Array.from(createRng('gradients').split(name).normals(length));
const elu = (v: number) => (v > 0 ? v : Math.expm1(v));

/**
 * The gradients of Σ w∘layer(x) to the input and to every weight, beside central differences of the
 * same function written out in float64. `plain` takes the weights in their order.
 */
function expectGradients(
  layer: tf.layers.Layer,
  plain: (x: Float64Array, ...weights: Float64Array[]) => Float64Array,
) {
  const x = numbers('x', batch * d * k);
  const w = numbers('w', batch * d * k);
  tf.tidy(() => {
    layer.build([null, d, k]);
    // Off their symmetric starts (zeros), so that every term counts.
    const start = layer
      .getWeights()
      .map((weight, i) => tf.add(weight, tf.tensor(toFloat32(weight, i), weight.shape)));
    layer.setWeights(start);
    const weights = start.map((weight): Float64Array => Float64Array.from(weight.dataSync()));
    const input = tf.tensor3d(Float32Array.from(x), [batch, d, k]);
    const upstream = tf.tensor3d(Float32Array.from(w), [batch, d, k]);
    const loss = (v: tf.Tensor) => tf.sum(tf.mul(layer.apply(v) as tf.Tensor, upstream));
    const value = (xs: Float64Array, ws: Float64Array[]) =>
      plain(xs, ...ws).reduce((sum, v, i) => sum + v * w[i]!, 0);
    expect(Math.abs(loss(input).dataSync()[0]! - value(x, weights))).toBeLessThan(1e-5);

    const expectEqual = (got: tf.Tensor, expected: Float64Array) =>
      expect(gap(got.dataSync(), expected)).toBeLessThan(
        1e-5 * Math.max(1, ...expected.map(Math.abs)),
      );
    expectEqual(
      tf.grad(loss)(input),
      numericGradient((v) => value(v, weights), x),
    );
    const { grads } = tf.variableGrads(() => loss(input) as tf.Scalar);
    layer.trainableWeights.forEach(({ name }, i) => {
      expectEqual(
        grads[name]!,
        numericGradient((v) => value(x, weights.with(i, v)), weights[i]!),
      );
    });
    expect(layer.trainableWeights).toHaveLength(weights.length);
  });
}

const toFloat32 = (weight: tf.Tensor, i: number) =>
  Float32Array.from(numbers(`weight ${i}`, weight.size), (v) => 0.3 * v);

/** Rows of concepts, one for each batch member and component. */
const byComponent = (x: Float64Array, f: (rows: number[][]) => number[][]) => {
  const out = new Float64Array(x.length);
  for (let c = 0; c < k; c++) {
    const rows = Array.from({ length: batch }, (_, b) =>
      Array.from({ length: d }, (__, i) => x[at(b, i, c)]!),
    );
    f(rows).forEach((row, b) => row.forEach((v, i) => (out[at(b, i, c)] = v)));
  }
  return out;
};

describe('gradients of the layers, in the input and in every weight', () => {
  it.each(['endogenous', 'exogenous'] as const)('LinearScmLayer, %s', (direction) => {
    const allowed = [
      [1, 1, 0],
      [1, 1, 1],
      [1, 0, 1],
    ];
    expectGradients(new LinearScmLayer({ direction, allowed }), (x, a) => {
      const masked = allowed.map((row, i) =>
        row.map((on, j) => (on === 1 && i !== j ? a[i * d + j]! : 0)),
      );
      return byComponent(x, (rows) => host[direction](masked, rows));
    });
  });

  it('MaskLayer', () => {
    expectGradients(new MaskLayer({ hidden: h }), (x, k1, b1, k2, b2) => {
      const out = new Float64Array(x.length);
      for (let b = 0; b < batch; b++) {
        for (let i = 0; i < d; i++) {
          for (let c = 0; c < k; c++) out[at(b, i, c)] = b2![i * k + c]!;
          for (let u = 0; u < h; u++) {
            let sum = b1![i * h + u]!;
            for (let c = 0; c < k; c++) sum += x[at(b, i, c)]! * k1![(i * k + c) * h + u]!;
            for (let c = 0; c < k; c++) out[at(b, i, c)]! += elu(sum) * k2![(i * h + u) * k + c]!;
          }
        }
      }
      return out;
    });
  });

  it('GumbelMaskLayer, without its noise', () => {
    const temperature = 0.8;
    expectGradients(
      new GumbelMaskLayer({ hidden: h, temperature }),
      (x, logits, k1, b1, k2, b2) => {
        const out = new Float64Array(x.length);
        for (let b = 0; b < batch; b++) {
          for (let j = 0; j < d; j++) {
            for (let c = 0; c < k; c++) out[at(b, j, c)] = b2![j * k + c]!;
            for (let u = 0; u < h; u++) {
              let sum = b1![j * h + u]!;
              for (let i = 0; i < d; i++) {
                const mask = i === j ? 0 : 1 / (1 + Math.exp(-logits![i * d + j]! / temperature));
                for (let c = 0; c < k; c++) {
                  sum += mask * x[at(b, i, c)]! * k1![((i * k + c) * d + j) * h + u]!;
                }
              }
              for (let c = 0; c < k; c++) out[at(b, j, c)]! += elu(sum) * k2![(j * h + u) * k + c]!;
            }
          }
        }
        return out;
      },
    );
  });
});
