import { shd, type Matrix } from '@causal/graph';
import { createRng } from '@causal/random';
import { diagnose } from '../diagnostics';
import type { LearnedInUnits } from '../progress';
import { linearData } from '../testing/linear-data';
import { nonlinearData } from '../testing/nonlinear-data';
import { dagmaMlp } from './dagma-mlp';
import { golem } from './golem';
import type { LearnerOptions } from './learner-options';
import { dagma } from './linear/dagma';
import { notears } from './linear/notears';
import { mcsl } from './mcsl';
import { notearsMlp } from './notears-mlp';

type Learn = (x: Matrix, options?: LearnerOptions) => Promise<LearnedInUnits>;
const times = (x: Matrix, factor: number): number[][] => x.map((r) => r.map((v) => v * factor));

const linear: Record<string, Learn> = {
  notears,
  'notears by lbfgsb': (x, o) => notears(x, { solver: 'lbfgsb', ...o }),
  dagma: (x, o) => dagma(x, { warmSteps: 8000, maxSteps: 12000, learningRate: 1e-3, ...o }),
  'dagma by newton': (x, o) => dagma(x, { solver: 'newton', ...o }),
  golem: (x, o) => golem(x, { steps: 20000, learningRate: 3e-3, ...o }),
};
const networks: Record<string, Learn> = {
  notearsMlp: (x, o) =>
    notearsMlp(x, { hidden: [4], lambda1: 0.03, hTolerance: 1e-3, innerTolerance: 1e-4, ...o }),
  dagmaMlp: (x, o) => dagmaMlp(x, { hidden: [4], solver: 'lbfgsb', warmSteps: 200, ...o }),
  mcsl: (x, o) =>
    mcsl(x, { hidden: [4], compute: 'host', steps: 30, rho: 1, hTolerance: 1e-3, ...o }),
};
const all = { ...linear, ...networks };

describe.each(Object.entries(linear))('%s in other units', (_, learn) => {
  const { x, weights } = linearData(6, 8, 400, 3);

  it.each([1e-3, 1e-2, 1e2, 1e4, 1e8, 1e10])('finds the same in units times %d', async (factor) => {
    const [here, there] = [await learn(x), await learn(times(x, factor))];
    expect(shd(here.adjacency, weights)).toBeLessThanOrEqual(1);
    expect([here.unit, there.unit]).toEqual([1, expect.closeTo(factor, 9)]);
    expect(there.adjacency).toEqual(here.adjacency);
    there.weights.flat().forEach((w, at) => expect(w).toBeCloseTo(here.weights.flat()[at]!, 3));
    expect(here).toMatchObject({ converged: true, stopReason: 'converged' });
    expect(there).toMatchObject({ converged: true, stopReason: 'converged' });
    expect(there.h).toBeLessThan(1e-2);
  });
});

it('takes a lambda1 of the caller in the units of the data', async () => {
  const { x } = linearData(6, 8, 400, 3);
  const here = await notears(x, { lambda1: 0.2 });
  const there = await notears(times(x, 1e4), { lambda1: 0.2e8 });
  there.weights.flat().forEach((w, at) => expect(w).toBeCloseTo(here.weights.flat()[at]!, 3));
});

describe.each(Object.entries(networks))('%s in other units', (_, learn) => {
  it('finds the same in any, wherever they begin', async () => {
    // Sixty-fourths times 10⁶ and back are exact: so is the equality.
    const x = nonlinearData(60, 2).map((row) => row.map((v) => Math.round(64 * v) / 64));
    const here = await learn(x, { seed: 1, threshold: 0 });
    const there = await learn(times(x, 1e6), { seed: 1, threshold: 0 });
    expect(here.unit).toBe(1);
    expect(there.unit).toBe(1e6);
    expect({ ...there, unit: 1 }).toEqual(here);
    const far = await learn(
      times(x, 1).map((r) => r.map((v) => v + 1e4)),
      { seed: 1 },
    );
    expect(far.weights.flat().every(Number.isFinite)).toBe(true);
    expect(far.adjacency.flat()).toContain(1);
  });
});

describe.each(Object.entries(all))('%s at the ends of float64', (_, learn) => {
  const rng = createRng(4);
  const x = Array.from({ length: 60 }, () => {
    const a = rng.normal();
    return [a, a + rng.normal(), rng.normal()];
  });
  const broken = (value: number): number[][] =>
    x.map((row, i) => (i === 7 ? [row[0]!, row[1]!, value] : row));

  it.each([Number.MAX_VALUE, -1e200, 1e155])('refuses %d, naming row and column', async (value) => {
    const work = learn(broken(value));
    await expect(work).rejects.toThrow(RangeError);
    await expect(work).rejects.toThrow(/row 7, column 2 \("x2"\) is .*variance leaves float64/);
  });

  it('refuses variances below float64, and scales that are too far apart', async () => {
    await expect(learn(times(x, 1e-160))).rejects.toThrow(/column 0 .*below what float64 tells/);
    const apart = x.map(([a, b, c]) => [a!, b!, c! * 1e-100]);
    await expect(learn(apart)).rejects.toThrow(/column 2 \("x2"\) deviates by .*too far from/);
  });

  it('can be cancelled while it runs', async () => {
    const abort = new AbortController();
    const work = learn(x, { signal: abort.signal, onProgress: () => abort.abort(new Error('no')) });
    await expect(work).rejects.toThrow('no');
    await expect(learn(x, { signal: AbortSignal.abort(new Error('late')) })).rejects.toThrow(
      'late',
    );
  });

  it('refuses options and observations of another kind by name, with no error from inside', async () => {
    const bad: [unknown, unknown, RegExp][] = [
      [x, { signal: {} }, /`signal` must be an AbortSignal/],
      [x, { onProgress: 1 }, /`onProgress` must be a function/],
      [x, { seed: NaN }, /`seed` must be a finite number/],
      [x, { rng: Math.random }, /`rng` must be a generator/],
      [x, { names: 'abc' }, /`names` must be an array of strings, got "abc"/],
      [x, { names: [1, 2, 3] }, /`names` must be an array of strings/],
      [x, { names: null }, /`names` must be an array of strings/],
      [x, { threshold: '0.3' }, /`threshold` must be a finite number ≥ 0, got "0.3"/],
      [x, { priorKnowledge: null }, /options must be an object/],
      [
        x,
        {
          priorKnowledge: {
            forbidden: [
              [0, 0, -1],
              [0, 0, 0],
              [0, 0, 0],
            ],
          },
        },
        /\[0\]\[2\] -1/,
      ],
      [null, {}, /expected observations/],
      ['abc', {}, /expected observations/],
      [[...x, null], {}, /row 60 is null/],
      [[...x, [1, null, 3]], {}, /row 60, column 1 is null/],
      [[...x, [1, true, 3]], {}, /row 60, column 1 is true \(boolean\)/],
      [[...x, [1, '2', 3]], {}, /row 60, column 1 is "2" \(string\)/],
    ];
    for (const [data, options, message] of bad) {
      await expect(learn(data as never, options as never)).rejects.toThrow(message);
    }
  });
});

it.each([notears, dagma, golem, notearsMlp, dagmaMlp, mcsl])(
  '%p refuses what is no options object',
  async (learn) => {
    const { x } = linearData(3, 2, 20, 1);
    for (const options of [null, 'l2', 3] as never[]) {
      await expect(learn(x, options)).rejects.toThrow(/options must be an object/);
    }
  },
);

// By the published default a small unit leaves no edge at all; a large one left h at .3.
it('says when it has not converged, and why', async () => {
  const { x } = linearData(6, 8, 400, 3);
  const { rhoMax, short, stages, few } = {
    rhoMax: await notears(x, { rhoMax: 10 }),
    short: await notears(x, { maxIterations: 1 }),
    stages: await dagma(x, { solver: 'newton', stages: 1, hTolerance: 1e-300, muFactor: 1 }),
    few: await dagma(x, { maxSteps: 10, hTolerance: Infinity }),
  };
  expect(rhoMax).toMatchObject({ converged: false, stopReason: 'rho-max' });
  expect(rhoMax.h).toBeGreaterThan(1e-8);
  expect(short).toMatchObject({ converged: false, stopReason: 'iterations' });
  expect(stages).toMatchObject({ converged: false, stopReason: 'cycles' });
  expect(few).toMatchObject({ converged: false, stopReason: 'iterations' });
  expect(await golem(x, { steps: 50 })).toMatchObject({
    converged: false,
    stopReason: 'iterations',
  });
  const brief = { hidden: [2], compute: 'host' } as const;
  expect(await mcsl(x, { ...brief, steps: 5, maxIterations: 1 })).toMatchObject({
    converged: false,
    stopReason: 'iterations',
  });
  expect(await dagmaMlp(x, { ...brief, stages: 1, mu: 10, maxSteps: 5 })).toMatchObject({
    converged: false,
  });
  expect(await notearsMlp(x, { ...brief, rhoMax: 1, innerTolerance: 1e-2 })).toMatchObject({
    converged: false,
    stopReason: 'rho-max',
  });
});

describe('diagnose on units', () => {
  const { x } = linearData(4, 4, 300, 1);
  const said = (data: Matrix): string => diagnose(data).warnings.join();

  it('warns of small ones and of large ones, and not of ordinary ones', () => {
    expect(said(times(x, 0.01))).toMatch(/lambda1 = 0.1 outweighs/);
    expect(said(times(x, 0.01))).toMatch(/divided by 0.01/);
    expect(said(x.map(([a, ...rest]) => [a! / 1000, ...rest]))).toMatch(
      /lambda1 .* outweighs .*x0/,
    );
    expect(said(times(x, 1e5))).toMatch(/divided by 100000/);
    expect(said(x)).not.toMatch(/lambda1|divided/);
    expect(() => diagnose(x, { name: ['a'] } as never)).toThrow(/did you mean `names`/);
    expect(() => diagnose(times(x, 1e200))).toThrow(/variance leaves float64/);
  });

  it('warns of columns that may be categories in disguise', () => {
    const coded = x.map((row, i) => [...row, [0, 2, 5][i % 3]!]);
    expect(said(coded)).toMatch(/x4 has 3 values only: if they are categories/);
    expect(said(x.map((row, i) => [...row, i % 2]))).not.toMatch(/categories/);
  });
});
