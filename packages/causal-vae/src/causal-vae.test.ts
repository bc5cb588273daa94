import { pendulum } from '@causal/datasets';
import { klGaussian } from '@causal/divergences';
import { createRng } from '@causal/random';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { CausalVAE } from './causal-vae';
import { latentKl } from './latent-kl';
import type { CausalVAEOptions } from './options';

useEngine();

const data = pendulum({ size: 16, seed: 1, train: 160, test: 40 });
const trained = async (options: CausalVAEOptions = {}, steps = 3): Promise<CausalVAE> => {
  const model = new CausalVAE({
    data,
    graph: data.graph.map((row) => [...row]),
    mechanismSteps: 30,
    warp: { samplePixels: 64, hidden: 16 },
    ...options,
  });
  await model.fit(data, { steps, batchSize: 16, seed: 1 });
  return model;
};

describe('latentKl', () => {
  it('is the closed form between full Gaussians, one component and one row at a time', () => {
    const [n, d, k] = [2, 3, 2];
    const A = [
      [0, 0.7, -0.4],
      [0, 0, 1.2],
      [0.3, 0, 0], // a cycle: det(I − A) ≠ 1
    ];
    const draw = (name: string, scale: number): tf.Tensor3D =>
      tf.tensor3d(createRng(name).fillNormal(new Float32Array(n * d * k), 0, scale), [n, d, k]);
    const noise = { mean: draw('m', 1), logVariance: draw('v', 0.5) };
    const prior = { mean: draw('pm', 1), logVariance: draw('pv', 0.5) };
    const C = tf.tidy(() =>
      invert3(A.map((row, i) => row.map((_, j) => Number(i === j) - A[j]![i]!))),
    );
    let expected = 0;
    for (let row = 0; row < n; row++) {
      for (let c = 0; c < k; c++) {
        const pick = (t: tf.Tensor3D): tf.Tensor1D =>
          t.slice([row, 0, c], [1, d, 1]).reshape([d]) as tf.Tensor1D;
        const diagonal = (t: tf.Tensor3D): tf.Tensor2D => tf.diag(pick(t).exp()) as tf.Tensor2D;
        const mean = C.matMul(pick(noise.mean).reshape([d, 1])).reshape([d]) as tf.Tensor1D;
        const covariance = C.matMul(diagonal(noise.logVariance)).matMul(
          C,
          false,
          true,
        ) as tf.Tensor2D;
        expected += klGaussian(
          mean,
          covariance,
          pick(prior.mean),
          diagonal(prior.logVariance),
        ).dataSync()[0]!;
      }
    }
    const value = latentKl(tf.tensor2d(A), noise, prior).dataSync()[0]!;
    expect(Math.abs(value - expected / n)).toBeLessThan(1e-4 * Math.abs(expected));
  });
});

/** Inverse of a 3×3 matrix by cofactors. */
function invert3(m: number[][]): tf.Tensor2D {
  const c = (i: number, j: number): number => {
    const [a, b] = [0, 1, 2].filter((r) => r !== i) as [number, number];
    const [p, q] = [0, 1, 2].filter((r) => r !== j) as [number, number];
    return (m[a]![p]! * m[b]![q]! - m[a]![q]! * m[b]![p]!) * ((i + j) % 2 ? -1 : 1);
  };
  const det = m[0]!.reduce((sum, v, j) => sum + v * c(0, j), 0);
  return tf.tensor2d([0, 1, 2].map((i) => [0, 1, 2].map((j) => c(j, i) / det)));
}

describe('CausalVAE', () => {
  it('lowers the ELBO’s reconstruction and logs every term of the objective', async () => {
    const model = new CausalVAE({ data, graph: data.graph.map((r) => [...r]), mechanismSteps: 5 });
    const run = await model.fit(data, { steps: 60, batchSize: 16, seed: 1, logEvery: 20 });
    expect(Object.keys(run.terms)).toEqual(
      expect.arrayContaining([
        'reconstruction', 'noise', 'latent', 'label', 'labelConsistency', 'acyclicity', 'consistency',
      ]), // prettier-ignore
    );
    expect(run.terms['acyclicity']).toBe(0); // a DAG by construction
    expect(run.terms['reconstruction']!).toBeLessThan(run.history[0]!.terms['reconstruction']!);
  });

  it('changes nothing where do() changes nothing; its latents are z₂ = g(Aᵀz₁) + ε', async () => {
    const model = await trained();
    const { images } = data.batch('test', [0, 1, 2]);
    const reconstruction = model.reconstruct(images).dataSync();
    const { latents, noise } = model.encode(images);
    expect(noise.shape).toEqual([3, 4, 4]);
    expect([...model.decode(latents).dataSync()]).toEqual([...reconstruction]);
    const changed = model.counterfactual(images, { light: 2 }).dataSync();
    expect([...changed]).not.toEqual([...reconstruction]);
  });

  it('learns a free A under the acyclicity penalty', async () => {
    const model = await trained({ adjacency: 'free' }, 10);
    const A = model.adjacency();
    A.forEach((row, i) => expect(row[i]).toBe(0));
    expect(A.flat().filter((w) => w !== 0).length).toBe(12);
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
