import type { Dataset } from '@causal/datasets';
import type { Autoencoder, ConceptAutoencoder } from '@causal/models';
import { BetaVAE, CausalVAE, ConditionVAE, VAE } from '@causal/vae';
import { CausalWAE, HsicVAE, SinkhornAutoencoder, WAE, type CausalWAEOptions } from '@causal/wae';

type Make = (data: Dataset, short: boolean) => Autoencoder | ConceptAutoencoder;

const quick = (short: boolean): { mechanismSteps?: number } =>
  short ? { mechanismSteps: 20 } : {};
const wae =
  (options: CausalWAEOptions): Make =>
  (data, short) =>
    new CausalWAE({ data, ...quick(short), ...options }) as unknown as ConceptAutoencoder;
const vae =
  (
    options: ConstructorParameters<typeof CausalVAE>[0] extends { data: unknown } & infer O
      ? Partial<O>
      : never,
  ): Make =>
  (data, short) =>
    new CausalVAE({ data, ...quick(short), ...options }) as unknown as ConceptAutoencoder;

/** Every model of the report, by the name of its row. */
export const MODELS: Readonly<Record<string, Make>> = {
  CausalWAE: wae({}),
  'CausalWAE full': wae({ variant: 'full' }),
  'CausalWAE equation8': wae({ variant: 'equation8' }),
  'CausalWAE gan': wae({ divergence: 'gan' }),
  'CausalWAE sinkhorn': wae({ divergence: 'sinkhorn' }),
  'CausalWAE sliced': wae({ divergence: 'sliced' }),
  'CausalWAE cka': wae({ independence: 'cka' }),
  'CausalWAE dhsic': wae({ independence: 'dhsic' }),
  'CausalWAE no H': wae({ independence: 'none' }),
  'CausalWAE A trained': wae({ adjacency: 'train' }),
  CausalVAE: vae({}),
  'CausalVAE paper': vae({ preset: 'paper' }),
  'CausalVAE official': vae({ preset: 'official' }),
  'CausalVAE unsup': vae({ preset: 'paper', supervision: 'none' }),
  ConditionVAE: (data, short) =>
    new ConditionVAE({ data, ...quick(short) }) as unknown as ConceptAutoencoder,
  HsicVAE: (data, short) => new HsicVAE({ data, ...quick(short) }) as unknown as ConceptAutoencoder,
  VAE: (data) => new VAE({ data }) as unknown as Autoencoder,
  BetaVAE: (data) => new BetaVAE({ data }) as unknown as Autoencoder,
  WAE: (data) => new WAE({ data }) as unknown as Autoencoder,
  'WAE gan': (data) => new WAE({ data, divergence: 'gan' }) as unknown as Autoencoder,
  SinkhornAutoencoder: (data) => new SinkhornAutoencoder({ data }) as unknown as Autoencoder,
};
