import { isDag, type Matrix } from '@causal/graph';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import type { LearnedGraph } from '../../progress';
import { nonlinearData, NONLINEAR_TRUTH, wavyData } from '../../testing/nonlinear-data';
import { dagmaMlp } from '../dagma-mlp';
import { mcsl } from '../mcsl';
import { notearsMlp } from '../notears-mlp';
import type { MlpOptions } from './setup';

useEngine();

interface Learner {
  readonly name: string;
  /** What `learn` finds the graph of. */
  readonly data: Matrix;
  /** With settings that find the graph. */
  readonly learn: (x: Matrix, options?: MlpOptions) => Promise<LearnedGraph>;
  /** Fewer steps, but enough for edges to stand out. */
  readonly short: (x: Matrix, options?: MlpOptions) => Promise<LearnedGraph>;
  /** A few steps only. */
  readonly brief: (x: Matrix | tf.Tensor2D, options?: MlpOptions) => Promise<LearnedGraph>;
}
const learners: Learner[] = [
  {
    name: 'notearsMlp',
    data: nonlinearData(200, 2),
    learn: (x, o) =>
      notearsMlp(x, { hidden: [4], lambda1: 0.03, hTolerance: 1e-4, innerTolerance: 1e-5, ...o }),
    short: (x, o) =>
      notearsMlp(x, { hidden: [6], lambda1: 0.03, hTolerance: 1, innerTolerance: 1e-3, ...o }),
    brief: (x, o) =>
      notearsMlp(x, { hidden: [2], maxIterations: 1, rhoMax: 1, innerTolerance: 1e-3, ...o }),
  },
  {
    name: 'dagmaMlp',
    data: nonlinearData(200, 2),
    learn: (x, o) =>
      dagmaMlp(x, {
        hidden: [4],
        stages: 3,
        warmSteps: 3000,
        maxSteps: 3000,
        learningRate: 2e-3,
        ...o,
      }),
    short: (x, o) =>
      dagmaMlp(x, {
        hidden: [6],
        stages: 2,
        warmSteps: 400,
        maxSteps: 400,
        learningRate: 1e-2,
        ...o,
      }),
    brief: (x, o) => dagmaMlp(x, { hidden: [2, 2], stages: 2, warmSteps: 15, maxSteps: 15, ...o }),
  },
  {
    name: 'dagmaMlp by L-BFGS-B',
    data: nonlinearData(200, 2),
    learn: (x, o) => dagmaMlp(x, { hidden: [6], solver: 'lbfgsb', warmSteps: 1000, ...o }),
    short: (x, o) =>
      dagmaMlp(x, { hidden: [6], solver: 'lbfgsb', warmSteps: 100, maxSteps: 100, ...o }),
    brief: (x, o) =>
      dagmaMlp(x, { hidden: [2], solver: 'lbfgsb', stages: 2, warmSteps: 5, maxSteps: 5, ...o }),
  },
  {
    name: 'mcsl',
    data: wavyData(300, 2),
    learn: (x, o) => mcsl(x, { hidden: [8, 8], compute: 'host', steps: 300, rho: 1e-2, ...o }),
    short: (x, o) => mcsl(x, { hidden: [4, 4], steps: 150, rho: 1e-2, maxIterations: 2, ...o }),
    brief: (x, o) => mcsl(x, { hidden: [2, 2], steps: 10, maxIterations: 2, ...o }),
  },
];

describe.each(learners)('$name', ({ data, learn, short, brief }) => {
  // Of six data sets and starts (seeds 1–6) dagmaMlp, by either solver, and notearsMlp found the graph
  // in 6, mcsl in 5 (one edge too many in the sixth). Here one of them is fixed, in float64: a false
  // failure needs a machine that rounds Math.exp otherwise.
  it('recovers a nonlinear graph of 4 edges', async () => {
    const before = structuredClone(data);
    const found = await learn(data, { seed: 2, compute: 'host' });
    expect(data).toEqual(before);
    expect(found.adjacency).toEqual(NONLINEAR_TRUTH);
    expect(found.history.length).toBeGreaterThan(1);
    expect(found.history.at(-1)!['h']).toBeLessThan(1e-4);
    found.weights.flat().forEach((w, at) => {
      expect(w > 0).toBe(found.adjacency.flat()[at] === 1);
    });
  });

  it('keeps to the prior knowledge, against the data, and returns a DAG', async () => {
    const x = nonlinearData(60, 4);
    const priorKnowledge = { required: [['d', 'a']], roots: ['b'] } as const;
    const names = ['a', 'b', 'c', 'd'];
    const { adjacency, weights } = await brief(x, { names, priorKnowledge, threshold: 0 });
    expect(adjacency[3]![0]).toBe(1);
    expect(weights[3]![0]).toBeGreaterThan(0);
    expect(adjacency.map((row) => row[1])).toEqual([0, 0, 0, 0]);
    expect(isDag(adjacency)).toBe(true);
    const required = [
      ['a', 'b'],
      ['b', 'a'],
    ] as const;
    await expect(brief(x, { names, priorKnowledge: { required } })).rejects.toThrow(
      /cycle: (a → b → a|b → a → b)/,
    );
  });

  it('gives the same again for the same seed, whether of rows or of a tensor', async () => {
    const x = nonlinearData(50, 5).map((row) => row.map(Math.fround));
    const first = await brief(x, { seed: 3, compute: 'host', threshold: 0 });
    const tensor = tf.tensor2d(x);
    expect(await brief(tensor, { seed: 3, compute: 'host', threshold: 0 })).toEqual(first);
    tensor.dispose();
    const other = await brief(x, { seed: 4, compute: 'host', threshold: 0 });
    expect(other.weights).not.toEqual(first.weights);
  });

  // Value and gradient at one point are compared in squares.test.ts; here the graph they lead to.
  it('finds the same graph on the engine, and leaves no tensor there, even when cancelled', async () => {
    const x = nonlinearData(60, 6);
    const left = await countTensors(async () => {
      const engine = await short(x, { compute: 'engine' });
      const host = await short(x, { compute: 'host' });
      expect(engine.adjacency).toEqual(host.adjacency);
      expect(host.adjacency.flat().includes(1)).toBe(true);
      const abort = new AbortController();
      const work = learn(x, {
        compute: 'engine',
        signal: abort.signal,
        onProgress: () => abort.abort(new Error('enough')),
      });
      await expect(work).rejects.toThrow('enough');
    });
    expect(left).toBe(0);
  });

  it('refuses bad input', async () => {
    const x = nonlinearData(20, 7);
    await expect(brief(x.slice(0, 3))).rejects.toThrow(/3 rows are too few for 4 columns/);
    await expect(brief(x.map((r, i) => (i === 7 ? [0, 0, NaN, 0] : r)))).rejects.toThrow(
      /row 7, column 2/,
    );
    await expect(brief(x.map(([a, b, c]) => [a!, b!, c!, 1]))).rejects.toThrow(/constant/);
    await expect(brief(x, { lamda1: 1 } as never)).rejects.toThrow(/did you mean `lambda1`/);
    await expect(brief(x, { hidden: [] })).rejects.toThrow(/hidden must list/);
    await expect(brief(x, { hidden: [2.5] })).rejects.toThrow(/`hidden\[0\]` must be an integer/);
    await expect(brief(x, { compute: 'gpu' as never })).rejects.toThrow(/'engine', 'host'/);
  });
});

describe('dagmaMlp', () => {
  it('changes no option and refuses unknown solvers and empty lists', async () => {
    const x = nonlinearData(30, 8);
    const s = Object.freeze([2, 1]);
    await dagmaMlp(x, { hidden: [2], s, stages: 3, warmSteps: 3, maxSteps: 3 });
    await expect(dagmaMlp(x, { solver: 'sgd' as never })).rejects.toThrow(/'adam', 'lbfgsb'/);
    await expect(dagmaMlp(x, { s: [] })).rejects.toThrow(/at least one value/);
  });
});
