import { createRng } from '@causal/random';
import { micMatrix } from './mic-matrix';
import { micStatistics } from './statistics';

const table = (seed: number, d: number): number[][] => {
  const rng = createRng(seed);
  return Array.from({ length: 80 }, () => Array.from({ length: d }, () => rng.normal()));
};

describe('micMatrix', () => {
  const [x, y] = [table(1, 2), table(2, 3)];

  it('is that of each pair', async () => {
    const progress: number[] = [];
    const options = { estimator: 'e' as const };
    const matrix = await micMatrix(x, y, {
      ...options,
      onProgress: ({ done }) => progress.push(done),
    });
    expect(progress).toEqual([1, 2, 3, 4, 5, 6]);
    for (const [i, line] of matrix.entries()) {
      for (const [j, entry] of line.entries()) {
        const [a, b] = [x.map((row) => row[i]!), y.map((row) => row[j]!)];
        expect(entry).toEqual(micStatistics(a, b, options));
      }
    }
  });

  it('can be cancelled and says what is wrong', async () => {
    await expect(micMatrix(x, y, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    await expect(micMatrix(x, y.slice(1))).rejects.toThrow(/same length, got 80 and 79/);
  });
});
