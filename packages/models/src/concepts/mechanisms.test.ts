import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { ConceptSpace } from './concept-space';
import { Mechanisms } from './mechanisms';

useEngine();

// a → c ← b, c → e: a chain behind a collider.
const NAMES = ['a', 'b', 'c', 'e'];
const SPACE = new ConceptSpace(
  NAMES.map((name) => ({ name, unit: '', kind: 'continuous', range: [0, 1] })),
);
const GRAPH = [
  [0, 0, 1, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
  [0, 0, 0, 0],
];
const effect = (a: number, b: number): number => Math.max(0.3, 0.2 + 0.6 * a * b);

function rows(n: number, seed: number): number[][] {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => {
    const [a, b] = [rng.uniform(), rng.uniform()];
    const c = effect(a, b);
    return [a, b, c, 1 - c + 0.05 * rng.normal()];
  });
}

describe('Mechanisms', () => {
  const mechanisms = (): Mechanisms =>
    new Mechanisms({ graph: GRAPH, space: SPACE, rng: createRng(1) });
  let fitted: Mechanisms;
  beforeAll(async () => {
    fitted = mechanisms();
    await fitted.fit(rows(800, 1), { rng: createRng(2), steps: 300 });
  });

  it('learns how effects follow their causes', () => {
    const labels = tf.tensor2d(rows(200, 9));
    const error = fitted.predict(2, labels).sub(labels.slice([0, 2], [-1, 1]).squeeze([1]));
    expect(error.abs().mean().dataSync()[0]).toBeLessThan(0.02);
    expect(fitted.effects()).toEqual([2, 3]);
  });

  it('changes descendants and nothing else, to the bit', () => {
    const labels = tf.tensor2d(rows(50, 3));
    const column = (t: tf.Tensor2D, j: number): number[] => [
      ...t.slice([0, j], [-1, 1]).dataSync(),
    ];
    const after = fitted.propagate(labels, { c: 0.9 });
    expect(column(after, 0)).toEqual(column(labels, 0));
    expect(column(after, 1)).toEqual(column(labels, 1));
    expect(column(after, 2)).toEqual(column(tf.fill([50, 4], 0.9), 2));
    expect(column(after, 3)).not.toEqual(column(labels, 3));
    const moved = fitted.propagate(labels, { a: 0.9 });
    expect(column(moved, 1)).toEqual(column(labels, 1));
    expect(column(moved, 2)).not.toEqual(column(labels, 2));
    expect(column(moved, 3)).not.toEqual(column(labels, 3));
  });

  it('changes nothing under do() of the observed values (composition)', () => {
    const labels = tf.tensor2d(rows(40, 4));
    const observed = [...labels.slice([0, 0], [-1, 1]).dataSync()];
    const after = fitted.propagate(labels, { a: observed });
    expect(after.sub(labels).abs().max().dataSync()[0]).toBeLessThan(1e-6);
    expect([...fitted.propagate(labels, {}).dataSync()]).toEqual([...labels.dataSync()]);
  });

  it('samples the joint distribution, and the interventional one', () => {
    const observed = rows(4000, 5);
    const drawn = fitted.sample(4000, createRng(6)).arraySync();
    for (let j = 0; j < 4; j++) {
      const mean = (table: number[][]): number =>
        table.reduce((s, r) => s + r[j]!, 0) / table.length;
      // Both means have standard errors below .005, drawn from 512 kept values (.014); 4 σ.
      expect(Math.abs(mean(drawn) - mean(observed))).toBeLessThan(0.06);
    }
    const done = fitted.sample(500, createRng(6), { c: 0.8 }).arraySync();
    const same = fitted.sample(500, createRng(6)).arraySync();
    expect(done.map((r) => r[0])).toEqual(same.map((r) => r[0]));
    expect(new Set(done.map((r) => r[2])).size).toBe(1);
  });

  it('gives the same bits for the same seed, and leaves no tensor', async () => {
    const train = rows(200, 7);
    const once = mechanisms();
    await once.fit(train, { rng: createRng(3), steps: 20 });
    const again = mechanisms();
    const left = await countTensors(() => again.fit(train, { rng: createRng(3), steps: 20 }));
    expect(left).toBe(0);
    const values = (m: Mechanisms): number[][] =>
      Object.values({ ...m.parameters(), ...m.buffers() }).map((v) => [...v.dataSync()]);
    expect(values(again)).toEqual(values(once));
  });

  it('names an unknown concept', () => {
    const labels = tf.tensor2d(rows(3, 1));
    expect(() => fitted.propagate(labels, { z: 1 })).toThrow(/z.*a, b, c, e/);
  });
});
