import { createRng } from '@causal/random';
import { countTensors, numericGradient, useEngine } from '@causal/testing';
import { engineSquares } from './engine-squares';
import { hostSquares } from './host-squares';
import { initialParameters, parameterCount, type Shape } from './network';
import { sigmoidInPlace } from './sigmoid';

useEngine();

const shapes: Shape[] = [
  { variables: 3, hidden: [4], activation: 'sigmoid' },
  { variables: 3, hidden: [5, 2], activation: 'leaky-relu' },
  { variables: 2, hidden: [3, 4, 2], activation: 'sigmoid' },
];
const rows = 40;

function problem(shape: Shape) {
  const rng = createRng(1);
  return {
    targets: { rows, byColumn: rng.fillNormal(new Float64Array(shape.variables * rows)) },
    theta: initialParameters(shape, rng, new Uint8Array(shape.variables ** 2)),
  };
}

/** ½ Σ residuals², written as the definition says: no matrix products, no order of loops in common. */
function plain(shape: Shape, byColumn: Float64Array, theta: Float64Array): number {
  const { variables: d, hidden, activation } = shape;
  const act = (z: number): number =>
    activation === 'sigmoid' ? 1 / (1 + Math.exp(-z)) : Math.max(z, 0.05 * z);
  let total = 0;
  for (let t = 0; t < rows; t++) {
    const inputs = Array.from({ length: d }, (_, i) => byColumn[i * rows + t]!);
    for (let j = 0; j < d; j++) {
      let signal = inputs;
      let at = 0;
      [...hidden, 1].forEach((outputs, l) => {
        const biases = at + d * outputs * signal.length;
        const weights = at + j * outputs * signal.length;
        at = biases + d * outputs;
        const below = signal;
        signal = Array.from({ length: outputs }, (_, k) => {
          const z = below.reduce(
            (sum, v, i) => sum + theta[weights + k * below.length + i]! * v,
            theta[biases + j * outputs + k]!,
          );
          return l === hidden.length ? z : act(z);
        });
      });
      total += (signal[0]! - inputs[j]!) ** 2 / 2;
    }
  }
  return total;
}

describe.each(shapes)('squares of $variables variables, hidden $hidden, $activation', (shape) => {
  const { targets, theta } = problem(shape);

  it('on the host: the value of the definition, the gradient of finite differences', () => {
    const squares = hostSquares(shape, targets);
    const gradient = new Float64Array(theta.length).fill(7);
    const value = squares.at(theta, gradient);
    expect(value).toBeCloseTo(plain(shape, targets.byColumn, theta), 10);
    const reference = numericGradient((v) => plain(shape, targets.byColumn, v), theta);
    gradient.forEach((g, i) => expect(Math.abs(g - reference[i]!)).toBeLessThan(1e-6));
    expect(squares.at(theta, gradient)).toBe(value);
    expect(() => squares.at(theta.subarray(1), gradient)).toThrow(/parameters/);
  });

  it('on the engine: the same by autodiff, and no tensor left', async () => {
    const gradient = new Float64Array(theta.length);
    const reference = new Float64Array(theta.length);
    const value = hostSquares(shape, targets).at(theta, reference);
    const left = await countTensors(() => {
      const squares = engineSquares(shape, targets);
      squares.at(theta, gradient);
      expect(Math.abs(squares.at(theta, gradient) / value - 1)).toBeLessThan(1e-5);
      squares.dispose();
    });
    expect(left).toBe(0);
    const most = Math.max(...reference.map(Math.abs));
    gradient.forEach((g, i) => expect(Math.abs(g - reference[i]!)).toBeLessThan(1e-5 * most));
  });

  it('starts within ±1/√inputs, with nothing from a forbidden variable', () => {
    const forbidden = Uint8Array.from({ length: shape.variables ** 2 }, (_, at) => at % 2);
    const start = initialParameters(shape, createRng(2), forbidden);
    expect(start).toHaveLength(parameterCount(shape));
    for (let at = 0; at < shape.variables ** 2 * shape.hidden[0]!; at++) {
      const i = at % shape.variables;
      const j = Math.floor(at / shape.variables / shape.hidden[0]!);
      if (forbidden[i * shape.variables + j]) expect(start[at]).toBe(0);
      else expect(Math.abs(start[at]!)).toBeGreaterThan(0);
      expect(Math.abs(start[at]!)).toBeLessThanOrEqual(1 / Math.sqrt(shape.variables));
    }
  });
});

describe('sigmoidInPlace', () => {
  it('is 1/(1 + e^−t), to the ends of float64', () => {
    const t = Float64Array.from({ length: 4001 }, (_, k) => (k - 2000) / 64 + 1 / 128);
    const all = Float64Array.of(...t, -1000, 1000, -0, 0);
    const values = all.map((v) => v - 0.5);
    sigmoidInPlace(values, 0, values.length, 0.5);
    t.forEach((v, at) =>
      expect(Math.abs(values[at]! * (1 + Math.exp(-v)) - 1)).toBeLessThan(1.5e-15),
    );
    expect([...values.subarray(t.length)]).toEqual([
      expect.closeTo(0, 300),
      1,
      expect.closeTo(0.5, 15),
      expect.closeTo(0.5, 15),
    ]);
  });

  it('touches only its part', () => {
    const values = Float64Array.of(1, 0, 1);
    sigmoidInPlace(values, 1, 1, 0);
    expect([...values]).toEqual([1, 0.5, 1]);
  });
});
