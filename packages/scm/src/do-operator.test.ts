import { createRng } from '@causal/random';
import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { doOperator } from './do-operator';
import type { ValueMechanism } from './do-values';
import { endogenous, exogenous } from './linear';
import { gap, models, randomRows, randomWeights } from './testing';

useEngine();

const rows = 4;
/** Nonlinear additive-noise mechanism, its noise abducted from the observed rows. */
function abducted(a: number[][], observed: number[][]): ValueMechanism {
  const mean = (node: number, row: readonly number[]) =>
    a.reduce(
      (sum, from, i) => (from[node] === 0 ? sum : sum + from[node]! * Math.tanh(row[i]!)),
      0,
    );
  return (node, values) =>
    values.map((row, n) => mean(node, row) + (observed[n]![node]! - mean(node, observed[n]!)));
}
const targetsOf = (seed: number, d: number) =>
  [...createRng(seed).split('targets').permutation(d)].slice(
    0,
    1 + (Math.abs(seed) % Math.min(3, d)),
  );
const setting = (targets: number[], value: (t: number) => number) =>
  Object.fromEntries(targets.map((t) => [t, value(t)]));

describe('do() on values', () => {
  it('sets the targets, moves only their descendants, and leaves the rest to the bit', () => {
    fc.assert(
      fc.property(models(9), ({ seed, d, density }) => {
        const a = randomWeights(seed, d, density);
        const u = randomRows(seed, rows, d);
        const op = doOperator(a);
        const targets = targetsOf(seed, d);
        const after = op.values(
          u,
          setting(targets, (t) => t + 10),
          abducted(a, u),
        );
        const affected = op.affected(targets);
        after.forEach((row, n) =>
          row.forEach((value, i) => {
            if (targets.includes(i)) expect(value).toBe(i + 10);
            else if (affected.includes(i)) expect(value).not.toBe(u[n]![i]);
            else expect(Object.is(value, u[n]![i])).toBe(true);
          }),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('reaches descendants in as many steps as it takes: chain of 6', () => {
    const a = Array.from({ length: 6 }, (_, i) =>
      Array.from({ length: 6 }, (_, j) => (j === i + 1 ? 1 : 0)),
    );
    const op = doOperator(a);
    expect(op.steps).toBe(5);
    const sum: ValueMechanism = (_, values, parents) =>
      values.map((row) => parents.reduce((s, p) => s + row[p]!, 0));
    expect(op.values([[0, 0, 0, 0, 0, 0]], { 1: 3 }, sum)).toEqual([[0, 3, 3, 3, 3, 3]]);
    expect(op.values([[0, 0, 0, 0, 0, 0]], { 1: 3, 4: 1 }, sum)).toEqual([[0, 3, 3, 3, 1, 1]]);
    expect(op.values([[1, 1, 1, 1, 1, 1]], { 1: { shift: 2 } }, sum)).toEqual([[1, 3, 3, 3, 3, 3]]);
  });

  it('laws: identity, effectiveness, composition, reversibility, order of interventions', () => {
    fc.assert(
      fc.property(models(8), ({ seed, d, density }) => {
        const a = randomWeights(seed, d, density);
        const u = randomRows(seed, rows, d);
        const op = doOperator(a, { names: a.map((_, i) => `c${i}`) });
        const go = (actions: Parameters<typeof op.values>[1]) =>
          op.values(u, actions, abducted(a, u));
        expect(go({})).toEqual(u);
        const targets = targetsOf(seed, d);
        const column = (table: number[][], i: number) => table.map((row) => row[i]!);
        // Setting to what was observed changes nothing.
        expect(go(Object.fromEntries(targets.map((t) => [t, column(u, t)])))).toEqual(u);
        const once = go(setting(targets, (t) => t - 1));
        // Composition: also setting something to what it became changes nothing.
        const other = op.affected(targets)[0] ?? targets[0]!;
        const both = { ...setting(targets, (t) => t - 1), [other]: column(once, other) };
        expect(gap(go(both).flat(), once.flat())).toBeLessThan(1e-12);
        // Reversibility: from the counterfactual unit back to the observed one.
        const back = op.values(
          once,
          Object.fromEntries(targets.map((t) => [t, column(u, t)])),
          abducted(a, u),
        );
        expect(gap(back.flat(), u.flat())).toBeLessThan(1e-12);
        // Order: the same actions given in another order.
        // (By name: keys that are numbers come in ascending order, however they were written.)
        const named = targets.map((t) => [`c${t}`, t - 1] as const);
        expect(go(Object.fromEntries(named))).toEqual(once);
        expect(go(Object.fromEntries([...named].reverse()))).toEqual(once);
      }),
      { numRuns: 100 },
    );
  });
});

describe('do() on latents', () => {
  const latentsOf = (seed: number, d: number, k: number) => {
    const values = createRng(seed).normals(rows * d * Math.max(1, k));
    return k === 0 ? tf.tensor2d(values, [rows, d]) : tf.tensor3d(values, [rows, d, k]);
  };

  it('linear: equals solving the cut system with the abducted noise', () => {
    fc.assert(
      fc.property(models(8), fc.integer({ min: 0, max: 4 }), ({ seed, d, density }, k) => {
        const a = randomWeights(seed, d, density);
        const targets = targetsOf(seed, d);
        const op = doOperator(a);
        tf.tidy(() => {
          const z = latentsOf(seed, d, k);
          const after = op.linear(
            z,
            setting(targets, (t) => t / 4 - 1),
          );
          const cut = a.map((row) => row.map((w, j) => (targets.includes(j) ? 0 : w)));
          const noise = tf.unstack(exogenous(a, z) as tf.Tensor, 1);
          for (const t of targets) noise[t] = tf.fill(noise[t]!.shape, t / 4 - 1);
          const expected = endogenous(cut, tf.stack(noise, 1) as tf.Tensor3D);
          expect(gap(after.dataSync(), expected.dataSync())).toBeLessThan(2e-5 * 2 ** d);
          // Targets exact, everything else that is no descendant bit-identical.
          const affected = op.affected(targets);
          const before = tf.unstack(z as tf.Tensor, 1);
          tf.unstack(after as tf.Tensor, 1).forEach((column, i) => {
            if (targets.includes(i))
              expect(new Set(column.dataSync())).toEqual(new Set([i / 4 - 1]));
            else if (!affected.includes(i))
              expect(column.dataSync()).toEqual(before[i]!.dataSync());
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  it('with mechanisms: the linear mechanism gives the linear do()', () => {
    fc.assert(
      fc.property(models(6), fc.integer({ min: 0, max: 3 }), ({ seed, d, density }, k) => {
        const a = randomWeights(seed, d, density);
        const targets = targetsOf(seed, d);
        const op = doOperator(a, { names: a.map((_, i) => `c${i}`) });
        tf.tidy(() => {
          const z = latentsOf(seed, d, k) as tf.Tensor;
          const noise = tf.unstack(exogenous(a, z as tf.Tensor3D) as tf.Tensor, 1);
          const actions = Object.fromEntries(
            targets.map((t) => [`c${t}`, t % 2 === 0 ? { shift: 0.5 } : tf.scalar(2)]),
          );
          const after = op.latents(z as tf.Tensor3D, actions, (node, now) =>
            tf
              .unstack(now as tf.Tensor, 1)
              .reduce((sum, column, i) => tf.add(sum, tf.mul(column, a[i]![node]!)), noise[node]!),
          );
          const linear = op.linear(z as tf.Tensor3D, actions);
          expect(gap(after.dataSync(), linear.dataSync())).toBeLessThan(2e-5 * 2 ** d);
        });
      }),
      { numRuns: 25 },
    );
  });

  it('takes values per row and tensors per component; gradients flow', () => {
    const op = doOperator([
      [0, 2],
      [0, 0],
    ]);
    tf.tidy(() => {
      const z = tf.zeros<tf.Rank.R3>([2, 2, 2]) as tf.Tensor3D;
      expect(op.linear(z, { 0: [1, 2] }).arraySync()).toEqual([
        [
          [1, 1],
          [2, 2],
        ],
        [
          [2, 2],
          [4, 4],
        ],
      ]);
      expect(op.linear(z, { 0: tf.tensor1d([1, 3]) }).arraySync()).toEqual([
        [
          [1, 3],
          [2, 6],
        ],
        [
          [1, 3],
          [2, 6],
        ],
      ]);
      const w = createRng(3).normals(8);
      const loss = (v: Float64Array) =>
        [0, 1].reduce(
          (s, b) =>
            s +
            [0, 1].reduce((q, c) => q + w[b * 4 + c]! * v[c]! + w[b * 4 + 2 + c]! * 2 * v[c]!, 0),
          0,
        );
      const gradient = tf.grad((v: tf.Tensor) =>
        tf.sum(tf.mul(op.linear(z, { 0: v }), tf.tensor3d(w, [2, 2, 2]))),
      )(tf.tensor1d([1, 3]));
      expect(gap(gradient.dataSync(), numericGradient(loss, [1, 3]))).toBeLessThan(1e-5);
    });
  });

  it('leaves no tensors behind', async () => {
    const op = doOperator([
      [0, 2],
      [0, 0],
    ]);
    const z = tf.ones([2, 2, 2]) as tf.Tensor3D;
    expect(
      await countTensors(() => {
        op.linear(z, { 0: 1 }).dispose();
        op.latents(z, { 0: 1 }, (_, now) =>
          tf.tidy(() => tf.unstack(now as tf.Tensor, 1)[0]!),
        ).dispose();
      }),
    ).toBe(0);
    z.dispose();
  });
});

describe('a learned, not quite acyclic adjacency', () => {
  it('is thresholded, its weakest edges dropped and reported', () => {
    const op = doOperator(
      [
        [0, 0.9, 0.04],
        [0.2, 0, 0.8],
        [0, 0, 0],
      ],
      { threshold: 0.1 },
    );
    expect(op.adjacency).toEqual([
      [0, 0.9, 0],
      [0, 0, 0.8],
      [0, 0, 0],
    ]);
    expect(op.dropped).toEqual([{ from: 1, to: 0, weight: 0.2 }]);
    expect(op.order).toEqual([0, 1, 2]);
  });
});

describe('at the door', () => {
  it('names unknown concepts, wrong lengths and what is not finite', () => {
    const op = doOperator(
      [
        [0, 1],
        [0, 0],
      ],
      { names: ['light', 'length'] },
    );
    const same: ValueMechanism = (node, values) => values.map((row) => row[node]!);
    expect(() => op.values([[0, 0]], { ligth: 1 }, same)).toThrow(
      /no concept "ligth"; there are light, length/,
    );
    expect(() => op.values([[0, 0]], { light: [1, 2] }, same)).toThrow(
      /do\(light\): got 2 values for 1 rows/,
    );
    expect(() => op.values([[0, 0]], { light: NaN }, same)).toThrow(
      /do\(light\): `value` must be a finite number, got NaN/,
    );
    expect(() => op.values([[0]], { light: 1 }, same)).toThrow(
      /2 numbers in each row, row 0 has 1/,
    );
    expect(() => op.values([[0, 0]], { light: 1 }, () => [NaN])).toThrow(
      /mechanism of length gave NaN/,
    );
    expect(() => op.values([[0, 0]], { light: 1, 0: 2 }, same)).toThrow(
      /two interventions on concept light/,
    );
    expect(() => op.linear(tf.zeros([1, 3]) as tf.Tensor2D, { light: 1 })).toThrow(/got \[1, 3\]/);
    expect(() => doOperator([[0]], { names: ['a', 'b'] })).toThrow(/1 different names/);
  });
});
