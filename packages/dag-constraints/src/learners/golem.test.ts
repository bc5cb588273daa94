import { isDag, shd } from '@causal/graph';
import { createRng } from '@causal/random';
import { numericGradient } from '@causal/testing';
import { linearData } from '../testing/linear-data';
import { gaussianLikelihood, golem } from './golem';

const quick = { steps: 4000, learningRate: 3e-3 };

describe('golem', () => {
  it.each([true, false])('recovers a small graph (equal variances: %s)', async (equalVariances) => {
    const { x, weights } = linearData(5, 6, 500, 1);
    const before = structuredClone(x);
    const found = await golem(x, { ...quick, equalVariances });
    expect(x).toEqual(before);
    expect(shd(found.adjacency, weights)).toBeLessThanOrEqual(1);
    expect(found.history).toHaveLength(equalVariances ? 1 : 2);
    expect(await golem(x, { ...quick, equalVariances })).toEqual(found);
  });

  it('does not need equal variances where they are not assumed', async () => {
    // x0 → x1 with so little noise in x1, relative to x0, that equal variances prefer x1 → x0.
    const rng = createRng(3);
    const x = Array.from({ length: 800 }, () => {
      const cause = 3 * rng.normal();
      return [cause, 0.5 * cause + 0.2 * rng.normal(), rng.normal()];
    });
    const equal = await golem(x, quick);
    expect(equal.adjacency[1]![0]).toBe(1);
    // Either direction has the same likelihood then; what counts is that one of them is found.
    const unequal = await golem(x, { ...quick, equalVariances: false });
    expect(unequal.adjacency[0]![1]! + unequal.adjacency[1]![0]!).toBe(1);
    expect(unequal.adjacency[2]).toEqual([0, 0, 0]);
  });

  it('keeps to the prior knowledge, against the data, and returns a DAG', async () => {
    const { x, weights } = linearData(4, 4, 300, 4);
    const from = weights.findIndex((row) => row.some(Boolean));
    const to = weights[from]!.findIndex(Boolean);
    const forbidden = await golem(x, { ...quick, priorKnowledge: { forbidden: [[from, to]] } });
    expect(forbidden.adjacency[from]![to]).toBe(0);
    const reversed = await golem(x, { ...quick, priorKnowledge: { required: [[to, from]] } });
    expect(reversed.adjacency[to]![from]).toBe(1);
    for (const { adjacency } of [forbidden, reversed]) expect(isDag(adjacency)).toBe(true);
    const required = [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const;
    await expect(golem(x, { priorKnowledge: { required } })).rejects.toThrow(
      /cycle: x0 → x1 → x2 → x0/,
    );
  });

  it('can be cancelled and refuses bad input', async () => {
    const { x } = linearData(4, 4, 100, 5);
    const abort = new AbortController();
    const work = golem(x, {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough')),
    });
    await expect(work).rejects.toThrow('enough');
    await expect(golem(x.slice(0, 3))).rejects.toThrow(/3 rows are too few for 4 columns/);
    await expect(golem(x, { lambda3: 1 } as never)).rejects.toThrow(/did you mean `lambda/);
    await expect(golem(x, { lambda1: -1 })).rejects.toThrow(
      /`lambda1` must be a finite number ≥ 0/,
    );
  });
});

describe('gaussianLikelihood', () => {
  it.each([true, false])('has the gradient of its value (equal variances: %s)', (equal) => {
    const rng = createRng(6);
    const d = 4;
    const factor = rng.fillNormal(new Float64Array(d * d));
    const c = new Float64Array(d * d);
    for (let at = 0; at < c.length; at++) {
      const [i, j] = [Math.floor(at / d), at % d];
      for (let k = 0; k < d; k++) c[at]! += factor[i * d + k]! * factor[j * d + k]!;
    }
    const likelihood = gaussianLikelihood(c, d, equal);
    const b = rng.fillNormal(new Float64Array(d * d)).map((v, at) => (at % (d + 1) ? v : 0));
    const gradient = new Float64Array(d * d);
    likelihood(b, gradient);
    const reference = numericGradient((v) => likelihood(v, new Float64Array(d * d)), b);
    gradient.forEach((g, at) => expect(Math.abs(g - reference[at]!)).toBeLessThan(1e-6));
  });

  it('is not a number where I − B is singular', () => {
    const b = Float64Array.of(0, 1, 1, 0);
    expect(gaussianLikelihood(Float64Array.of(1, 0, 0, 1), 2, true)(b, b.slice())).toBeNaN();
  });
});
