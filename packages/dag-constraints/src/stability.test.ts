import type { Matrix } from '@causal/graph';
import { createRng } from '@causal/random';
import { sortRegress } from './diagnostics';
import { exactSearch } from './learners/exact/exact-search';
import { notears } from './learners/linear/notears';
import { edgeStability } from './stability';

/** a → b, and an indicator of two rows in sixty: constant in an eighth of all bootstrap samples. */
function rare(): number[][] {
  const rng = createRng(2);
  return Array.from({ length: 60 }, (_, i) => {
    const a = rng.normal();
    return [a, 1.5 * a + rng.normal(), i < 2 ? 1 : 0];
  });
}

describe('edgeStability', () => {
  it.each(['subsamples', 'bootstrap'] as const)(
    'draws again where a rare value is missing (%s)',
    async (resampling) => {
      const frequency = await edgeStability(rare(), (x) => notears(x), { resampling });
      expect(frequency[0]![1]).toBeCloseTo(1, 9);
      expect(frequency.flat().every((v) => v >= 0 && v <= 1)).toBe(true);
    },
  );

  it('takes part of the rows once each, enough for every learner', async () => {
    const sizes = new Set<number>();
    const learn = async (x: Matrix) => {
      sizes.add(x.length);
      expect(new Set(x.map(String)).size).toBe(x.length);
      return sortRegress(x);
    };
    await edgeStability(rare(), learn, { samples: 5 });
    await edgeStability(rare().slice(0, 25), learn, { samples: 5 });
    await edgeStability(rare(), learn, { samples: 5, share: 0.9 });
    expect([...sizes]).toEqual([38, 20, 54]);
    const few = [
      [1, 2],
      [2, 1],
      [4, 5],
    ];
    expect(await edgeStability(few, (x) => notears(x))).toHaveLength(2);
  });

  // The neighbours of a row in a bootstrap sample are its copies, which predict it exactly: every pair of
  // independent columns was joined in most samples. An edge between two needs a dependence of .03 nats,
  // odds below 1e-3 at n = 150; the seeds are fixed.
  it.each(['subsamples', 'bootstrap'] as const)(
    'finds no false edges with exactSearch (%s)',
    async (resampling) => {
      const rng = createRng(5);
      const x = Array.from({ length: 150 }, () => [rng.normal(), rng.normal(), rng.normal()]);
      const learn = (rows: Matrix) => exactSearch(rows);
      const frequency = await edgeStability(x, learn, { samples: 12, resampling });
      expect(Math.max(...frequency.flat())).toBeLessThan(0.2);
    },
  );

  it('hands its signal on, and can be cancelled by it', async () => {
    const abort = new AbortController();
    const signals: unknown[] = [];
    const work = edgeStability(
      rare(),
      async (x, { signal }) => {
        signals.push(signal);
        abort.abort(new Error('enough'));
        return notears(x, { ...(signal && { signal }) });
      },
      { signal: abort.signal },
    );
    await expect(work).rejects.toThrow('enough');
    expect(signals).toEqual([abort.signal]);
  });

  it.each([
    [{ share: 1 }, /`share` must be a finite number > 0 and < 1, got 1/],
    [{ samples: 0 }, /`samples` must be an integer ≥ 1/],
    [{ resampling: 'jackknife' }, /`resampling` must be one of/],
    [{ sample: 3 }, /did you mean `samples`/],
    [null, /options must be an object/],
  ])('refuses %j', async (options, message) => {
    await expect(edgeStability(rare(), (x) => notears(x), options as never)).rejects.toThrow(
      message,
    );
  });

  it('refuses what is no learner', async () => {
    await expect(edgeStability(rare(), notears(rare()) as never)).rejects.toThrow(
      /must be a function/,
    );
    await expect(edgeStability(rare(), (async () => undefined) as never)).rejects.toThrow(
      /must give { adjacency } of 3 × 3, got undefined/,
    );
    const rows = rare().map((row, i) => [row[0]!, row[1]!, i === 0 ? 1 : 0]);
    const small = edgeStability(rows, (x) => notears(x), { share: 0.05, samples: 5 });
    await expect(small).resolves.toHaveLength(3);
  });
});
