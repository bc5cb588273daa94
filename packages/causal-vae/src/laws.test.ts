import { doLaws, modelLaws, toyPictures, useEngine } from '@causal/testing';
import { BetaVAE, CausalVAE, ConditionVAE, VAE } from './index';

useEngine();

const small = { width: 2, depth: 1, features: 6, decoderWidth: 4, mechanismSteps: 3 } as const;
const plain = { width: 2, depth: 1, features: 6, decoderWidth: 4, latentSize: 3 } as const;
const continuous = toyPictures();
const mixed = toyPictures({ kind: 'mixed', missing: true });

describe('VAE, group normalisation, dropout', () => {
  modelLaws({
    data: continuous,
    create: () =>
      new VAE({ data: continuous, ...plain, depth: 2, normalization: 'group', dropout: 0.2 }),
    unpack: (packed) => VAE.unpack(packed),
  });
});

describe('BetaVAE', () => {
  modelLaws({
    data: continuous,
    create: () => new BetaVAE({ data: continuous, ...plain, beta: 2 }),
    unpack: (packed) => BetaVAE.unpack(packed),
    steps: 12,
  });
});

describe('ConditionVAE, free latents, labels of every kind', () => {
  const create = (): ConditionVAE =>
    new ConditionVAE({ data: mixed, ...small, latentSize: 2, freeLatents: 2 });
  modelLaws({ data: mixed, create, unpack: (packed) => ConditionVAE.unpack(packed) });
  doLaws({ data: mixed, create });
});

describe('CausalVAE, causal, free latents, labels of every kind', () => {
  const create = (): CausalVAE =>
    new CausalVAE({
      data: mixed,
      graph: mixed.graph,
      ...small,
      decoder: 'additive',
      freeLatents: 2,
    });
  modelLaws({ data: mixed, create, unpack: (packed) => CausalVAE.unpack(packed) });
  doLaws({ data: mixed, create });
});

describe.each(['labels', 'none'] as const)('CausalVAE, paper, supervision %s', (supervision) => {
  const create = (): CausalVAE =>
    new CausalVAE({ data: continuous, ...small, preset: 'paper', latentSize: 2, supervision });
  modelLaws({ data: continuous, create, unpack: (packed) => CausalVAE.unpack(packed) });
  doLaws({ data: continuous, create, moves: 'latents' });
});
