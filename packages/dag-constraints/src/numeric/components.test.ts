import { createRng } from '@causal/random';
import fc from 'fast-check';
import { cyclicParts } from './components';

describe('cyclicParts', () => {
  it('is the classes of mutual reachability that hold a cycle', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 20 }).map((k) => k / 50),
        (seed, size, density) => {
          const rng = createRng(seed);
          const values = Float64Array.from({ length: size * size }, () =>
            rng.uniform() < density ? 1 : 0,
          );
          const reach = Array.from({ length: size }, (_, i) =>
            Array.from({ length: size }, (_, j) => values[i * size + j] === 1),
          );
          for (let k = 0; k < size; k++)
            for (let i = 0; i < size; i++)
              for (let j = 0; j < size; j++) reach[i]![j] ||= reach[i]![k]! && reach[k]![j]!;
          const expected = new Set<string>();
          for (let i = 0; i < size; i++) {
            if (reach[i]![i])
              expected.add(
                String([...Array(size).keys()].filter((j) => reach[i]![j] && reach[j]![i])),
              );
          }
          expect(new Set(cyclicParts({ size, values }).map(String))).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});
