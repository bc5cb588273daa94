import { parseOptions } from '@causal/options';
import { Autoencoder } from './autoencoder';
import type { BaseAutoencoder } from './base-autoencoder';
import { ConceptAutoencoder } from './concept-autoencoder';
import type { ModelSource } from './inputs';
import { unpackModel, type PackedModel } from './model-file';
import type { ConceptModelOptions, ModelOptions } from './options';
import type { ConceptRecipe, Networks, PlainRecipe } from './recipe';

/** What a model is made from: its data (or what is known of them) and its options. */
export type ModelConfig<I> = { readonly data: ModelSource } & I;

/** The class that {@link modelOf} makes of a recipe. */
export interface ModelClass<I, M> {
  /** @throws OptionsError on an unknown or wrong option, TypeError where `data` is missing. */
  new (config: ModelConfig<I>): M;
  /** Reads a model that `save` wrote (Node). */
  load<T>(this: new (config: ModelConfig<I>) => T, folder: string): Promise<T>;
  /** Builds a model from what `pack` gave; works in browsers. */
  unpack<T>(this: new (config: ModelConfig<I>) => T, packed: PackedModel): Promise<T>;
}

/** Makes a model class of a recipe: `class WAE extends modelOf(wae) {}`. */
export function modelOf<I extends object, O extends ConceptModelOptions, N extends Networks>(
  recipe: ConceptRecipe<I, O, N>,
): ModelClass<I, ConceptAutoencoder<O, N>>;
export function modelOf<I extends object, O extends ModelOptions, N extends Networks>(
  recipe: PlainRecipe<I, O, N>,
): ModelClass<I, Autoencoder<O, N>>;
export function modelOf<I extends object>(
  recipe: PlainRecipe<I, ModelOptions, Networks> | ConceptRecipe<I, ConceptModelOptions, Networks>,
): unknown {
  const parsed = (given: unknown): ConceptModelOptions =>
    parseOptions(recipe.options, given, `new ${recipe.name}(options)`) as ConceptModelOptions;
  const optionsOf = (config: ModelConfig<I>): [ModelSource, ConceptModelOptions] => {
    const { data, ...given } = config ?? {};
    return [data, parsed(given)];
  };
  type Made = new (config: ModelConfig<I>) => BaseAutoencoder;
  const load = async function (this: Made, folder: string): Promise<BaseAutoencoder> {
    const { readModelFolder } = await import('@causal/training/node');
    return unpackModel((await readModelFolder(folder)) as PackedModel, recipe.name, this);
  };
  const unpack = function (this: Made, packed: PackedModel): Promise<BaseAutoencoder> {
    return unpackModel(packed, recipe.name, this);
  };
  if (recipe.concepts === 'none') {
    const plain = recipe as PlainRecipe<never, ModelOptions, Networks>;
    return class extends Autoencoder {
      static readonly load = load;
      static readonly unpack = unpack;
      constructor(config: ModelConfig<I>) {
        super(plain, ...optionsOf(config));
      }
    };
  }
  const withConcepts = recipe as ConceptRecipe<never, ConceptModelOptions, Networks>;
  return class extends ConceptAutoencoder {
    static readonly load = load;
    static readonly unpack = unpack;
    constructor(config: ModelConfig<I>) {
      super(withConcepts, ...optionsOf(config), (decoder) => optionsOf({ ...config, decoder })[1]);
    }
  };
}
