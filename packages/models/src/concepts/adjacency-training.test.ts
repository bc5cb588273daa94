import { host } from '@causal/dag-constraints';
import { createRng } from '@causal/random';
import { numericGradient, sigmoid, sum, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { discreteGraph, lagrangianTerm, pretrainAdjacency } from './adjacency-training';

useEngine();

/** a → b → c. */
const rows = Array.from({ length: 60 }, (_, i) => {
  const a = createRng(i).uniform();
  const b = sigmoid(4 * a - 1.5);
  return [a, b, 0.2 + 0.6 * b];
});

/** (2) as it is written: mean ‖u − σ(Aᵀu)‖². */
const consistency = (A: readonly (readonly number[])[]): number =>
  sum(
    rows.map((u) =>
      sum(u.map((v, j) => (v - sigmoid(sum(A.map((row, i) => row[j]! * u[i]!)))) ** 2)),
    ),
  ) / rows.length;

describe('pretrainAdjacency', () => {
  it('ends in a DAG where (2) is at a minimum along the edges that are left', async () => {
    const { weights, lambda, c } = await pretrainAdjacency(rows, 'poly-trace');
    expect(host.polyTrace(weights).value).toBeLessThan(1e-6);
    expect(weights.map((row, i) => row[i])).toEqual([0, 0, 0]);
    expect(c).toBeGreaterThanOrEqual(1);
    expect(lambda).toBeGreaterThan(0);
    // The strongest edge, a → b, is where (2) is least along it.
    const [a, b] = [0, 1];
    expect(Math.max(...weights.flat())).toBe(weights[a]![b]);
    const at = (w: number): number =>
      consistency(weights.map((row, i) => row.map((v, j) => (i === a && j === b ? w : v))));
    const slope = (w: number): number => Math.abs(numericGradient(([x]) => at(x!), [w])[0]!);
    expect(slope(weights[a]![b]!)).toBeLessThan(0.2 * slope(0));
    const none = weights.map((row) => row.map(() => 0));
    expect(consistency(weights)).toBeLessThan(0.9 * consistency(none));
  });
});

it('λh + (c/2)h²', () => {
  const value = lagrangianTerm(tf.scalar(0.3), tf.tensor1d([2, 5])).dataSync()[0];
  expect(value).toBeCloseTo(2 * 0.3 + 2.5 * 0.09, 6);
});

it('discreteGraph drops small entries, then the weakest edge of each cycle, and tells which', () => {
  const { graph, dropped } = discreteGraph(
    [
      [0, 0.9, 0.1],
      [-0.5, 0, 0],
      [0, -0.8, 0],
    ],
    0.3,
  );
  expect(graph).toEqual([
    [0, 0.9, 0],
    [0, 0, 0],
    [0, -0.8, 0],
  ]);
  expect(dropped).toEqual([expect.objectContaining({ from: 1, to: 0 })]);
});
