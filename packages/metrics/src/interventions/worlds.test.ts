import { faces, flow, type GeneratedDataset, pendulum } from '@causal/datasets';
import { useEngine } from '@causal/testing';
import type { CounterfactualModel } from '../counterfactual-model';
import { remembering, rendererModel } from '../test-support/renderer-model';
import { judgeInterventions } from './judge';

useEngine();

const COUNT = 12;
const worlds: readonly (readonly [
  string,
  () => GeneratedDataset,
  cause: string,
  effect: string,
])[] = [
  ['pendulum', () => pendulum({ size: 24, seed: 2, limit: 96 }), 'angle', 'position'],
  ['flow', () => flow({ size: 24, seed: 2, limit: 96 }), 'ball', 'height'],
  ['faces', () => faces({ size: 24, seed: 2, train: 50, test: 12 }), 'smile', 'mouth'],
];

describe.each(worlds)('do() judged on %s', (_, make, cause, effect) => {
  const { data, reader } = remembering(make());
  const names = data.concepts.map((concept) => concept.name);

  it('gives its own renderer the identity pattern', async () => {
    const perfect = rendererModel(data, data.counterfactual);
    const { effects, error } = await judgeInterventions(perfect, data, reader, { count: COUNT });
    for (const own of Object.values(effects.own)) expect(own).toBeGreaterThanOrEqual(0.99);
    expect(effects.leak).toBeLessThanOrEqual(0.005);
    expect(effects.descendantsError).toBeLessThanOrEqual(0.01);
    expect(effects.faults).toEqual([]);
    expect(error.mae).toBe(0);
    expect(error.changedRegion).toBe(0);
  });

  it('gives own effect 0 to a model that ignores do()', async () => {
    const idle: CounterfactualModel = { counterfactual: (images) => images };
    const { effects, error } = await judgeInterventions(idle, data, reader, { count: COUNT });
    for (const own of Object.values(effects.own)) expect(own).toBeCloseTo(0, 2);
    expect(effects.faults.filter(({ kind }) => kind === 'own').length).toBe(names.length);
    expect(error.changedRegion).toBeCloseTo(1, 4);
  });

  it('flags a model with cause and effect swapped', async () => {
    const [i, j] = [names.indexOf(cause), names.indexOf(effect)];
    const [low, high] = data.concepts[i]!.range;
    const [from, to] = data.concepts[j]!.range;
    // do(effect) moves the cause along its range, do(cause) changes the cause alone.
    const swapped = rendererModel(data, (labels, interventions) =>
      labels.map((row) =>
        row.map((value, c) => {
          const set = interventions[names[c]!];
          if (set !== undefined) return set;
          const moved = interventions[effect];
          if (c !== i || moved === undefined) return value;
          return low + ((moved - from) / (to - from)) * (high - low);
        }),
      ),
    );
    const { effects } = await judgeInterventions(swapped, data, reader, { count: COUNT });
    const found = effects.faults.map((fault) => `${fault.kind} ${fault.from} ${fault.to}`);
    expect(found).toContain(`cause-moved ${effect} ${cause}`);
    expect(found).toContain(`effect-wrong ${cause} ${effect}`);
    expect(effects.leakAt).toEqual({ from: effect, to: cause });
  });
});
