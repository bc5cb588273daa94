import type { Concept } from '@causal/datasets';
import { createRng } from '@causal/random';
import { readSafetensors, writeSafetensors } from '@causal/nn';
import * as tf from '@tensorflow/tfjs';
import type { CausalAutoencoder } from './causal-autoencoder';
import { Mechanisms } from './mechanisms';
import { assignParameters } from '@causal/nn';

/** A model as two parts: what `model.json` and `weights.safetensors` hold. Nothing executable. */
export interface PackedModel {
  readonly json: ModelJson;
  readonly weights: Uint8Array<ArrayBuffer>;
}

/** The JSON half of a saved model. */
export interface ModelJson {
  readonly format: 'causal-model';
  readonly version: 1;
  /** Class that wrote it, e.g. `'CausalWAE'`. */
  readonly model: string;
  readonly concepts: readonly Concept[];
  readonly imageShape: readonly [number, number, number];
  /** Options; a network of the user's stands as its Keras topology. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly graph: readonly (readonly number[])[];
  /** Concepts of each block, where the decoder has blocks. */
  readonly blocks: readonly (readonly number[])[] | null;
}

const ASSIGNMENT = 'blocks/assignment';
const VARIANCE = 'blocks/variance';

/** @throws if the model has not been trained. */
export function packModel(model: CausalAutoencoder): PackedModel {
  const { graph, blocks } = model.structure;
  const shape = [model.imageShape[0] * model.imageShape[1]];
  const json: ModelJson = {
    format: 'causal-model',
    version: 1,
    model: model.kind,
    concepts: model.concepts,
    imageShape: model.imageShape,
    options: Object.fromEntries(
      Object.entries(model.options).map(([key, value]) => [key, topology(value)]),
    ),
    graph,
    blocks: blocks?.concepts ?? null,
  };
  const weights = writeSafetensors({
    ...model.savedParameters(),
    ...(blocks
      ? {
          [ASSIGNMENT]: { dtype: 'int32' as const, shape, data: blocks.assignment },
          [VARIANCE]: {
            dtype: 'float32' as const,
            shape,
            data: Float32Array.from(blocks.variance),
          },
        }
      : {}),
  });
  return { json, weights };
}

const topology = (value: unknown): unknown =>
  value instanceof tf.LayersModel ? { network: value.toJSON(null, false) } : value;

type Build<M> = (config: Record<string, unknown>) => M;

/**
 * Builds a model again from what {@link packModel} gave.
 * @param create Makes the model of the class from its config, e.g. `(c) => new CausalWAE(c)`.
 * @throws if the file is of another class or version, or its weights do not fit.
 */
export async function unpackModel<M extends CausalAutoencoder>(
  { json, weights }: PackedModel,
  name: string,
  create: Build<M>,
): Promise<M> {
  if (json?.format !== 'causal-model') {
    throw new Error('This is not a saved causal model (model.json lacks format: "causal-model").');
  }
  if (json.version !== 1) {
    throw new Error(
      `The model was saved as version ${json.version}; this library reads version 1.`,
    );
  }
  if (json.model !== name) {
    throw new Error(`The folder holds a ${json.model}; load it with ${json.model}.load.`);
  }
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json.options)) {
    options[key] = isTopology(value) ? await network(value.network) : value;
  }
  const model = create({
    ...options,
    data: { concepts: json.concepts, imageShape: json.imageShape },
  });
  const tensors = { ...readSafetensors(weights).tensors };
  const assignment = tensors[ASSIGNMENT]?.data;
  const variance = tensors[VARIANCE]?.data;
  delete tensors[ASSIGNMENT];
  delete tensors[VARIANCE];
  if (json.blocks && !(assignment instanceof Int32Array && variance instanceof Float32Array)) {
    throw new Error('The saved weights have no block assignment, but model.json names blocks.');
  }
  const rng = createRng(0); // every variable is overwritten below
  model.build(
    {
      graph: json.graph.map((row) => [...row]),
      blocks: json.blocks
        ? {
            concepts: json.blocks,
            assignment: assignment as Int32Array,
            variance: Float64Array.from(variance as Float32Array),
          }
        : null,
      mechanisms: new Mechanisms({
        graph: json.graph,
        names: json.concepts.map((concept) => concept.name),
        rng,
      }),
    },
    rng,
  );
  assignParameters(model.savedParameters(), tensors, 'The saved weights');
  return model;
}

const isTopology = (value: unknown): value is { network: string } =>
  typeof value === 'object' && value !== null && 'network' in value;

/** A Keras-style topology to a network. (toJSON gives an object's JSON or the object itself.) */
async function network(saved: string | object): Promise<tf.LayersModel> {
  const config = typeof saved === 'string' ? (JSON.parse(saved) as object) : saved;
  return tf.models.modelFromJSON(config as tf.io.ModelJSON['modelTopology'] & object as never);
}
