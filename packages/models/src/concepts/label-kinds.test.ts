// Labels as they are: what binary, categorical and ordinal concepts do, against plain loops.
import { createRng } from '@causal/random';
import {
  conceptNetwork,
  cubeOf,
  rowsOf,
  softplus,
  sum,
  toyPictures,
  useEngine,
} from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { ConceptSpace } from './concept-space';
import { drawLevels, maximalCoupling, monotoneCoupling } from './coupling';
import { toUnitInterventions } from './interventions';
import { LabelHead } from './label-head';
import { LabelLatents } from './label-latents';
import { Mechanisms } from './mechanisms';

useEngine();

const data = toyPictures({ kind: 'mixed' });
const space = new ConceptSpace(data.concepts);
const head = new LabelHead(space);
const native = data.labels('train').slice(0, 6);
const scores = native.map((_, r) => [...createRng('scores').split(r).normals(8)]);
/** Scores of tilt, lamp, hue (3), size (3). */
const part = (row: number[], j: number): number[] => row.slice([0, 1, 2, 5][j]!, [1, 2, 5, 8][j]!);

describe('LabelHead', () => {
  it('is wrong by squares and cross-entropies, and by nothing where a label is missing', () => {
    const given = space.toUnit(native).map((row, r) => row.map((v, j) => (r === j ? NaN : v)));
    const found = rowsOf(head.errors(tf.tensor2d(scores), tf.tensor2d(given)));
    native.forEach((row, r) => {
      const expected = [
        ((p: number[]) => (p[0]! - (row[0]! + 30) / 80) ** 2)(part(scores[r]!, 0)),
        ((p: number[]) => softplus(row[1] === 1 ? -p[0]! : p[0]!))(part(scores[r]!, 1)),
        ((p: number[]) => Math.log(sum(p.map(Math.exp))) - p[row[2]!]!)(part(scores[r]!, 2)),
        ((p: number[]) => sum(p.map((s, c) => softplus(row[3]! > c ? -s : s))))(
          part(scores[r]!, 3),
        ),
      ];
      expected.forEach((v, j) => expect(found[r]![j]).toBeCloseTo(r === j ? 0 : v, 5));
    });
  });

  it('reads the likeliest value, and lets gradients of the rest through', () => {
    const variable = tf.variable(tf.tensor2d(scores));
    rowsOf(head.read(variable as tf.Tensor2D)).forEach((row, r) => {
      const hue = part(scores[r]!, 2);
      expect(row[0]).toBeCloseTo(part(scores[r]!, 0)[0]!, 6);
      expect(row[1]).toBe(Number(part(scores[r]!, 1)[0]! > 0));
      expect(row[2]).toBeCloseTo(hue.indexOf(Math.max(...hue)) / 2, 6);
      expect(row[3]).toBeCloseTo(part(scores[r]!, 3).filter((s) => s > 0).length / 3, 6);
    });
    const { grads } = tf.variableGrads(() => head.read(variable as tf.Tensor2D).sum() as tf.Scalar);
    for (const row of rowsOf(Object.values(grads)[0]!))
      expect(row).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('g₁ of labels of every kind', () => {
  it('is a·(2u − 1 + network) of numbers, a·(place + network) of categories', () => {
    const latents = new LabelLatents(createRng(1), space, 2, 5);
    const parameters = latents.parameters();
    for (const [name, v] of Object.entries(parameters)) {
      v.assign(
        v.add(tf.tensor(createRng(name).fillNormal(new Float32Array(v.size), 0, 0.3), v.shape)),
      );
    }
    const [places, gain] = [cubeOf(parameters['label-places']!), rowsOf(parameters['label-gain']!)];
    const found = cubeOf(latents.apply(tf.tensor2d(space.toUnit(native))));
    space.toUnit(native).forEach((u, r) => {
      const features = u.map((v, j) =>
        j === 2 ? [0, 1, 2].map((c) => Number(c === native[r]![2])) : [2 * v - 1, 0, 0],
      );
      const network = conceptNetwork(parameters, 'label-network/', features);
      features.forEach((x, j) =>
        [0, 1].forEach((c) => {
          const place = sum(x.map((v, f) => v * places[j]![f]![c]!));
          expect(found[r]![j]![c]).toBeCloseTo(gain[j]![c]! * (place + network[j]![c]!), 3);
        }),
      );
    });
  });
});

/** Probabilities of levels, some of them all but 0. */
const probabilities = (levels: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.double({ min: -18, max: 2, noNaN: true }), { minLength: levels, maxLength: levels })
    .map((logits) => {
      const weights = logits.map(Math.exp);
      return weights.map((w) => w / sum(weights));
    });

describe('counterfactuals of discrete effects', () => {
  const couple = (
    by: typeof monotoneCoupling,
    before: number[],
    after: number[],
    seen: number,
  ): number =>
    tf.tidy(
      () =>
        by(
          tf.tensor2d([before]),
          tf.tensor2d([after]),
          tf.tensor1d([seen]),
        ).dataSync()[0]! as never,
    );

  it('keep what was seen where nothing changed, however unlikely it was', () => {
    fc.assert(
      fc.property(probabilities(4), fc.integer({ min: 0, max: 3 }), (p, seen) => {
        expect(couple(monotoneCoupling, p, p, seen)).toBe(seen);
        expect(couple(maximalCoupling, p, p, seen)).toBe(seen);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('are valid values, and of ordered effects monotone in what was seen', () => {
    fc.assert(
      fc.property(probabilities(4), probabilities(4), (before, after) => {
        const monotone = [0, 1, 2, 3].map((seen) => couple(monotoneCoupling, before, after, seen));
        const maximal = [0, 1, 2, 3].map((seen) => couple(maximalCoupling, before, after, seen));
        for (const value of [...monotone, ...maximal]) expect([0, 1, 2, 3]).toContain(value);
        expect([...monotone].sort()).toEqual(monotone);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('follow the middle of F⁻¹: upwards where the distribution moved up', () => {
    const [low, high] = [
      [0.7, 0.2, 0.1],
      [0.1, 0.2, 0.7],
    ];
    // F(c) of `low` is .7, .9, 1: the middles are .35, .8, .95; `high` has its steps at .1 and .3.
    expect([0, 1, 2].map((seen) => couple(monotoneCoupling, low, high, seen))).toEqual([2, 2, 2]);
    // Middles of `high`: .05, .2, .65; steps of `low` at .7 and .9.
    expect([0, 1, 2].map((seen) => couple(monotoneCoupling, high, low, seen))).toEqual([0, 0, 0]);
  });

  it('of categories are kept unless their probability fell below half, then go where it grew most', () => {
    const before = [0.6, 0.3, 0.1];
    expect(couple(maximalCoupling, before, [0.35, 0.15, 0.5], 0)).toBe(0);
    expect(couple(maximalCoupling, before, [0.25, 0.25, 0.5], 0)).toBe(2);
    expect(couple(maximalCoupling, before, [0.5, 0.1, 0.4], 1)).toBe(2);
    expect(couple(maximalCoupling, before, [0.9, 0.08, 0.02], 2)).toBe(0);
  });

  it('draw levels in their shares: the marginals of a uniform grid are the probabilities', () => {
    const p = [0.2, 0.5, 0.05, 0.25];
    const grid = Array.from({ length: 400 }, (_, i) => (i + 0.5) / 400);
    const drawn = [...drawLevels(tf.tensor2d(grid.map(() => p)), tf.tensor1d(grid)).dataSync()];
    p.forEach((share, c) => expect(drawn.filter((v) => v === c).length).toBe(share * 400));
  });
});

describe('mechanisms of discrete effects', () => {
  it('are cross-entropy fits whose samples and counterfactuals are valid values', async () => {
    const mechanisms = new Mechanisms({ graph: data.graph, space, rng: createRng(1), hidden: 8 });
    const rows = space.toUnit(data.labels('train'));
    await mechanisms.fit(rows, { rng: createRng(2), steps: 120, batchSize: 32 });
    const valid = (labels: number[][]): void => {
      for (const [, lamp, hue, size] of labels) {
        expect([0, 1]).toContain(lamp);
        expect([0, 1, 2]).toContain(2 * hue!);
        expect([0, 1, 2, 3].some((v) => Math.abs(3 * size! - v) < 1e-5)).toBe(true);
      }
    };
    const drawn = rowsOf(mechanisms.sample(100, createRng(3)));
    valid(drawn);
    expect(new Set(drawn.map((row) => row[2])).size).toBe(3);
    const on = rowsOf(mechanisms.sample(100, createRng(3), { lamp: 1 }));
    valid(on);
    expect(on.every((row, r) => row[1] === 1 && row[0] === drawn[r]![0])).toBe(true);
    const unit = tf.tensor2d(rows);
    const after = rowsOf(mechanisms.propagate(unit, { lamp: 1 }));
    valid(after);
    after.forEach((row, r) => {
      expect(row[0]).toBe(rowsOf(unit)[r]![0]);
      // Nothing moves where the lamp was on already.
      if (rows[r]![1] === 1) expect(row).toEqual(rowsOf(unit)[r]);
    });
    // From the distribution under the causes as seen to that under those after do(), not back.
    const [was, is] = [unit, tf.tensor2d(after)].map((u) => mechanisms.probabilities(3, u));
    const seen = tf.tensor1d(rows.map((row) => Math.round(3 * row[3]!)));
    const sizes = after.map((row) => Math.round(3 * row[3]!));
    expect([...monotoneCoupling(was!, is!, seen).dataSync()]).toEqual(sizes);
    expect([...monotoneCoupling(is!, was!, seen).dataSync()]).not.toEqual(sizes);
    // A fit: the likeliest size is right more often than the commonest one would be.
    const likeliest = [...mechanisms.probabilities(3, unit).argMax(1).dataSync()];
    const right = likeliest.filter((v, r) => Math.abs(v / 3 - rows[r]![3]!) < 1e-3).length;
    const commonest = Math.max(
      ...[0, 1, 2, 3].map((v) => rows.filter((row) => Math.abs(3 * row[3]! - v) < 1e-3).length),
    );
    expect(right).toBeGreaterThan(commonest);
    mechanisms.dispose();
  });
});

describe('do() by value and by name', () => {
  const warnings: string[] = [];
  const unit = (done: object, rows = 2): unknown =>
    toUnitInterventions(space, done as never, rows, (message) => warnings.push(message));

  it('takes numbers in native units, categories by name, one for all or one a picture, shifts', () => {
    expect(unit({ tilt: 10, hue: 'blue', lamp: true, size: 2 })).toEqual({
      tilt: 0.5,
      hue: 1,
      lamp: 1,
      size: 2 / 3,
    });
    expect(unit({ hue: ['green', 0], tilt: Float32Array.of(-30, 50) })).toEqual({
      hue: [0.5, 0],
      tilt: [0, 1],
    });
    expect(unit({ tilt: { shift: 20 } })).toEqual({ tilt: { shift: 0.25 } });
    expect(warnings).toEqual([]);
  });

  it('warns outside the range, and refuses what no value can be', () => {
    unit({ tilt: 60 });
    unit({ tilt: 50.5 });
    expect(warnings).toEqual([expect.stringMatching(/tilt = 60.*-30 to 50 deg/)]);
    expect(() => unit({ hue: 'bleu' })).toThrow(/bleu.*red, green, blue.*"blue"/s);
    expect(() => unit({ huge: 1 })).toThrow(/huge.*tilt, lamp, hue, size.*"hue"/s);
    expect(() => unit({ hue: 1.5 })).toThrow(/hue.*1\.5.*categorical/s);
    expect(() => unit({ hue: { shift: 1 } })).toThrow(/hue.*no order/s);
    expect(() => unit({ size: 4 })).toThrow(/size.*4.*0 to 3/s);
    expect(() => unit({ lamp: 0.5 })).toThrow(/lamp.*0\.5/s);
    expect(() => unit({ tilt: NaN })).toThrow(/tilt.*finite/s);
    expect(() => unit({ tilt: [1, 2, 3] })).toThrow(/tilt.*3 values for 2 rows/s);
    expect(() => unit([])).toThrow(/do\(\) takes an object/);
  });
});
