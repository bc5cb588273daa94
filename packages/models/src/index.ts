export {
  CausalAutoencoder,
  type ConceptSource,
  type Encoding,
  type PrepareOptions,
} from './causal-autoencoder';
export { ConceptMlp } from './concept-mlp';
export { ConceptScale } from './concept-scale';
export type { GraphChoice } from './concept-graph';
export type { Decoder, PaintedSample } from './decoders/decoder';
export { jointNetwork, NetworkDecoder } from './decoders/network';
export { WarpDecoder, type WarpDecoderOptions } from './decoders/warp';
export { ImageEncoder, type EncoderOptions, type NoisePosterior } from './encoder';
export { Mechanisms, type MechanismsOptions } from './mechanisms';
export type { CausalFitOptions } from './fit-model';
export { unpackModel, type ModelJson, type PackedModel } from './model-file';
export { causalShape, type CausalOptions } from './options';
export { constantVariable, prefixed, type Parameters } from '@causal/nn';
export { screenBlocks, type Blocks, type ScreeningInput } from './screening';
export { findStructure, type Stage, type Structure } from './structure';
export { counterfactualGrid, type CounterfactualGrid } from './counterfactual-grid';
export {
  evaluateModel,
  type EvaluateOptions,
  type Evaluation,
  type EvaluationDetail,
} from './evaluate';
export { labelConsistency } from './consistency';
export { usedLabels } from './labels';
