import { doLaws, modelLaws, toyPictures, useEngine } from '@causal/testing';
import { CausalWAE, HsicVAE, SinkhornAutoencoder, WAE } from './index';

useEngine();

const small = { width: 2, depth: 1, features: 6, decoderWidth: 4, mechanismSteps: 3 } as const;
const plain = { width: 2, depth: 1, features: 6, decoderWidth: 4, latentSize: 3 } as const;
const continuous = toyPictures();
const mixed = toyPictures({ kind: 'mixed', missing: true });

describe('WAE-GAN', () => {
  modelLaws({
    data: continuous,
    create: () => new WAE({ data: continuous, ...plain, divergence: 'gan', discriminator: [5] }),
    unpack: (packed) => WAE.unpack(packed),
    steps: 300,
  });
});

describe('SinkhornAutoencoder on the sphere', () => {
  modelLaws({
    data: continuous,
    create: () => new SinkhornAutoencoder({ data: continuous, ...plain, match: 'sphere' }),
    unpack: (packed) => SinkhornAutoencoder.unpack(packed),
    steps: 60,
  });
});

describe('HsicVAE', () => {
  const create = (): HsicVAE => new HsicVAE({ data: mixed, ...small, freeLatents: 2 });
  modelLaws({ data: mixed, create, unpack: (packed) => HsicVAE.unpack(packed) });
  doLaws({ data: mixed, create });
});

describe('CausalWAE, residual, GAN, free latents, batch normalisation, labels of every kind', () => {
  const create = (): CausalWAE =>
    new CausalWAE({
      data: mixed,
      graph: mixed.graph,
      ...small,
      depth: 2,
      decoder: 'additive',
      divergence: 'gan',
      discriminator: [5],
      freeLatents: 2,
      latentSize: 2,
      normalization: 'batch',
      dropout: 0.2,
    });
  modelLaws({ data: mixed, create, unpack: (packed) => CausalWAE.unpack(packed) });
  doLaws({ data: mixed, create });
});

describe.each(['full', 'equation8'] as const)('CausalWAE, %s', (variant) => {
  const create = (): CausalWAE =>
    new CausalWAE({
      data: continuous,
      graph: continuous.graph,
      ...small,
      decoder: 'joint',
      variant,
      maskLayer: variant === 'full' ? 'mlp' : 'mcsl',
      divergence: 'mmd',
      independence: 'cka',
    });
  modelLaws({ data: continuous, create, unpack: (packed) => CausalWAE.unpack(packed), steps: 20 });
  if (variant === 'full') doLaws({ data: continuous, create });
});

describe('CausalWAE, A trained', () => {
  const create = (): CausalWAE =>
    new CausalWAE({
      data: continuous,
      ...small,
      decoder: 'joint',
      adjacency: 'train',
      divergence: 'sliced',
      projections: 4,
      independence: 'none',
    });
  modelLaws({ data: continuous, create, unpack: (packed) => CausalWAE.unpack(packed), steps: 20 });
  doLaws({ data: continuous, create });
});
