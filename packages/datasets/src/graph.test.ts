import { useEngine } from '@causal/testing';
import { faces } from './faces/faces';
import { flow } from './flow/flow';
import { pendulum } from './pendulum/pendulum';

useEngine();

const few = { size: 8, train: 60, test: 1 } as const;

describe('the graph of a drawn data set', () => {
  it.each([
    ['pendulum', pendulum(few)],
    ['flow', flow(few)],
    ['faces, smile', faces(few)],
    ['faces, beard', faces({ ...few, concepts: 'beard' })],
  ])('%s: is what experiments recover', (_, data) => {
    const labels = data.labels('train');
    const names = data.concepts.map((c) => c.name);
    const recovered = names.map((cause, i) =>
      names.map((__, j) => {
        if (i === j) return 0;
        // All concepts but i and j are held where they are; does j follow when i is set?
        const follows = labels.some((row) => {
          const held = Object.fromEntries(
            names.flatMap((name, k) => (k === i || k === j ? [] : [[name, row[k]!] as const])),
          );
          const values = data.concepts[i]!.range.map((value) => {
            return data.counterfactual([row], { ...held, [cause]: value })[0]![j]!;
          });
          return values[0] !== values[1];
        });
        return Number(follows);
      }),
    );
    expect(recovered).toEqual(data.graph.map((row) => row.map((v) => Number(v !== 0))));
  });
});
