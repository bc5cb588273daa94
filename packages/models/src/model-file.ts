import type { Concept, Matrix } from '@causal/datasets';
import { assignParameters, readSafetensors, writeSafetensors, type HostTensor } from '@causal/nn';
import * as tf from '@tensorflow/tfjs';
import type { BaseAutoencoder } from './base-autoencoder';
import type { DecoderPlan } from './decoders/decoder';
import type { ModelSource } from './inputs';

/** A model as two parts: what `model.json` and `weights.safetensors` hold. Nothing executable. */
export interface PackedModel {
  readonly json: ModelJson;
  readonly weights: Uint8Array<ArrayBuffer>;
}

/** The JSON half of a saved model. */
export interface ModelJson {
  readonly format: 'causal-model';
  readonly version: 2;
  /** Class that wrote it, e.g. `'CausalWAE'`. */
  readonly model: string;
  readonly concepts: readonly Concept[];
  readonly imageShape: readonly [number, number, number];
  /** Options; a network of the user's stands as its Keras topology. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Weights of the concept graph; null where the model has none. */
  readonly graph: Matrix | null;
  /** What the decoder found before training; its tensors are in the weights under `plan/`. */
  readonly plan: { readonly json: unknown } | null;
}

const PLAN = 'plan/';

/** @throws Error if the model has not been trained. */
export function packModel(model: BaseAutoencoder): PackedModel {
  const { plan } = model;
  const planned = Object.entries(plan?.tensors ?? {}).map(([name, t]) => [`${PLAN}${name}`, t]);
  const json: ModelJson = {
    format: 'causal-model',
    version: 2,
    model: model.kind,
    concepts: model.concepts,
    imageShape: model.imageShape,
    options: plainOptions(model),
    graph: model.conceptGraph,
    plan: plan && { json: plan.json },
  };
  const tensors = { ...model.savedParameters(), ...Object.fromEntries(planned) };
  return { json, weights: writeSafetensors(tensors) };
}

/** What a run of a model is, for checkpoints: its class, concepts, pictures and options. */
export function modelIdentity(model: BaseAutoencoder): unknown {
  const { kind, concepts, imageShape } = model;
  return { model: kind, concepts, imageShape, options: plainOptions(model) };
}

function plainOptions({ givenOptions }: BaseAutoencoder): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(givenOptions).map(([key, value]) => [
      key,
      value instanceof tf.LayersModel ? { network: value.toJSON(null, false) } : value,
    ]),
  );
}

type Create<M> = new (config: never) => M;

/**
 * Builds a model again from what {@link packModel} gave.
 * @param Model The class that wrote it.
 * @throws Error if the file is of another class or version, or its weights do not fit.
 */
export async function unpackModel<M extends BaseAutoencoder>(
  { json, weights }: PackedModel,
  name: string,
  Model: Create<M>,
): Promise<M> {
  if (json?.format !== 'causal-model') {
    throw new Error('This is not a saved causal model (model.json lacks format: "causal-model").');
  }
  if (json.version !== 2) {
    throw new Error(
      `The model was saved as version ${String(json.version)}; this library reads version 2.`,
    );
  }
  if (json.model !== name) {
    throw new Error(`The folder holds a ${json.model}; load it with ${json.model}.load.`);
  }
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json.options)) {
    options[key] = isTopology(value) ? await network(value.network) : value;
  }
  const data: ModelSource = { concepts: json.concepts, imageShape: json.imageShape };
  const model = new Model({ ...options, data } as never);
  for (const [key, value] of Object.entries(json.options)) {
    if (isTopology(value)) model.own(options[key] as tf.LayersModel);
  }
  const { plan, rest } = splitPlan(readSafetensors(weights).tensors, json);
  model.rebuild(json.graph, plan);
  assignParameters(model.savedParameters(), rest, 'The saved weights');
  return model;
}

function splitPlan(
  tensors: Readonly<Record<string, HostTensor>>,
  { plan }: ModelJson,
): { plan: DecoderPlan | null; rest: Record<string, HostTensor> } {
  const planned: Record<string, HostTensor> = {};
  const rest: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    if (name.startsWith(PLAN)) planned[name.slice(PLAN.length)] = tensor;
    else rest[name] = tensor;
  }
  return { plan: plan && { json: plan.json, tensors: planned }, rest };
}

const isTopology = (value: unknown): value is { network: string } =>
  typeof value === 'object' && value !== null && 'network' in value;

/** A Keras-style topology to a network. (toJSON gives an object's JSON or the object itself.) */
async function network(saved: string | object): Promise<tf.LayersModel> {
  const config = typeof saved === 'string' ? (JSON.parse(saved) as object) : saved;
  return tf.models.modelFromJSON(config as tf.io.ModelJSON['modelTopology'] & object as never);
}
