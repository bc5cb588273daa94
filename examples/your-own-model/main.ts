/**
 * A model of your own, outside the packages: InfoVAE (Zhao, Song & Ermon, AAAI 2019) as a recipe,
 *
 *   min  −E_q[log p(x | z)] + (1 − α)·KL(q(z | x) ‖ p(z)) + (α + λ − 1)·MMD(q(z) ‖ p(z)),
 *
 * trained by the same fit as the models of @causal/vae and @causal/wae.
 *
 *   node --conditions=@causal/source --import tsx examples/your-own-model/main.ts [--short]
 */
import { join } from 'node:path';
import { setupEngine } from '@causal/backend';
import { contactSheet, pendulum } from '@causal/datasets';
import { mmd } from '@causal/divergences';
import { modelOf, networkShape, noNetworks, recipe, weight } from '@causal/models';
import { writeFileAtomic } from '@causal/training/node';
import { z } from 'zod';

// What a user may set: the networks' own options, and the paper's. `weights` has a number for each term.
const options = z
  .strictObject({
    ...networkShape,
    decoder: z.enum(['joint']).default('joint'), // one dense network on all latents
    latentSize: z.int().min(1).default(8),
    variance: z.number().positive().default(0.01), // of a pixel, p(x | z)
    alpha: z.number().max(1).default(0.5),
    lambda: weight.default(10),
  })
  .refine(({ alpha, lambda }) => alpha + lambda >= 1, 'alpha + lambda must be at least 1')
  .transform((given) => ({
    ...given,
    weights: {
      reconstruction: 1,
      divergence: 1 - given.alpha,
      aggregate: given.alpha + given.lambda - 1,
    },
  }));

const infoVae = recipe({
  name: 'InfoVAE',
  concepts: 'none',
  options,
  training: { batchSize: 64, learningRate: 1e-3, betas: [0.9, 0.999], schedule: 'one-cycle' },
  codeSize: ({ latentSize }) => latentSize,
  networks: () => noNetworks, // none beside encoder and decoder
  terms: (pass, { options: { variance } }) => ({
    // −log p(x | z), a Gaussian for each pixel, summed over the picture
    reconstruction: () => {
      const values = pass.images.size / pass.images.shape[0];
      return pass.mean(pass.painted.sub(pass.target).square()).mul(values / (2 * variance));
    },
    // KL(q(z | x) ‖ N(0, I)) = ½ Σ (μ² + σ² − 1 − log σ²)
    divergence: () => {
      const { mean, logSigma } = pass.posterior;
      const v = logSigma.mul(2);
      return pass.mean(mean.square().add(v.exp()).sub(1).sub(v).sum(1).mul(0.5));
    },
    aggregate: () => mmd(pass.code, pass.prior, { kernel: 'wae', estimator: 'unbiased' }),
  }),
});

class InfoVAE extends modelOf(infoVae) {}

const short = process.argv.includes('--short');
const out = 'runs/your-own-model';
console.log(`Engine: ${(await setupEngine()).name}`);
const data = pendulum({ size: 48, seed: 1, ...(short ? { train: 400, test: 64 } : {}) });
const model = new InfoVAE({ data });
const fitting = { steps: short ? 20 : 1500, seed: 1, out, overwrite: true, progress: true };
console.log('Last loss terms:', (await model.fit(data, fitting)).terms);

const { images } = data.batch('test', [0, 1, 2, 3, 4, 5, 6, 7]);
const rows = [images, model.reconstruct(images), model.sample(8, { seed: 2 }).images];
await writeFileAtomic(join(out, 'pictures.png'), contactSheet(rows, { columns: 8, scale: 2 }));
await model.save(join(out, 'model')); // InfoVAE.load reads it
console.log(
  `Wrote ${join(out, 'pictures.png')} (pictures, reconstructions, samples) and the model`,
);
