import { pendulum } from '@causal/datasets';
import { isDag } from '@causal/graph';
import { useEngine } from '@causal/testing';
import { CausalVAE, type CausalVAEOptions } from './causal-vae';

useEngine();

const data = pendulum({ size: 16, seed: 1, train: 160, test: 40 });
const trained = async (options: CausalVAEOptions = {}, steps = 3): Promise<CausalVAE> => {
  const model = new CausalVAE({
    data,
    graph: data.graph,
    mechanismSteps: 30,
    warp: { samplePixels: 64, hidden: 16 },
    decoderWidth: 16,
    ...options,
  });
  await model.fit(data, { steps, batchSize: 16, seed: 1 });
  return model;
};

describe('CausalVAE', () => {
  it('lowers the ELBO’s reconstruction and logs every term of the objective', async () => {
    const model = new CausalVAE({ data, preset: 'paper', mechanismSteps: 5 });
    const run = await model.fit(data, { steps: 60, batchSize: 16, seed: 1, logEvery: 20 });
    expect(Object.keys(run.terms)).toEqual([
      'total', 'reconstruction', 'noise', 'latent', 'label', 'labelConsistency', 'acyclicity',
      'consistency',
    ]); // prettier-ignore
    expect(run.terms['reconstruction']!).toBeLessThan(run.history[0]!.terms['reconstruction']!);
  });

  it('changes nothing where do() changes nothing; in every preset', async () => {
    for (const preset of ['causal', 'paper', 'official'] as const) {
      const model = await trained({ preset });
      const { images } = data.batch('test', [0, 1, 2]);
      const reconstruction = model.reconstruct(images).dataSync();
      const { latents, noise } = model.encode(images);
      expect(noise.shape).toEqual([3, 4, preset === 'causal' ? 1 : 4]);
      expect([...model.decode(latents).dataSync()]).toEqual([...reconstruction]);
      const changed = model.counterfactual(images, { light: 2 }).dataSync();
      expect([...changed]).not.toEqual([...reconstruction]);
    }
  });

  it('trains A to a DAG, along which do() moves', async () => {
    const model = await trained({ preset: 'paper' }, 10);
    const A = model.adjacency();
    expect(isDag(A)).toBe(true);
    expect(A.map((row) => row.map((w) => w !== 0))).toEqual(
      model.mechanisms.graph.map((row) => row.map((w) => w !== 0)),
    );
    expect(A.flat().some((w) => w !== 0)).toBe(true);
  });

  it('runs without labels', async () => {
    const model = await trained({ preset: 'paper', supervision: 'none' });
    const { images } = data.batch('test', [0, 1]);
    expect(model.counterfactual(images, { light: 1.5 }).shape).toEqual(images.shape);
  });

  it('packs and unpacks to the same bits', async () => {
    const model = await trained();
    const again = await CausalVAE.unpack(model.pack());
    const { images } = data.batch('test', [0, 1]);
    const wanted = model.counterfactual(images, { angle: 0.3 }).dataSync();
    expect([...again.counterfactual(images, { angle: 0.3 }).dataSync()]).toEqual([...wanted]);
    const labels = (m: CausalVAE): number[] => [...m.sample(3, { seed: 1 }).labels.dataSync()];
    expect(labels(again)).toEqual(labels(model));
  });

  it('names unknown options', () => {
    expect(() => new CausalVAE({ data, betta: 1 } as never)).toThrow(/betta/);
  });
});
