export { checkInjective, type InjectivityProblem } from './check-injective';
export { Autoencoder, type Encoding } from './autoencoder';
export type { BaseAutoencoder } from './base-autoencoder';
export {
  ConceptAutoencoder,
  type ConceptEncoding,
  type DecodedLatents,
} from './concept-autoencoder';
export { ConceptMlp } from './concepts/concept-mlp';
export { ConceptSpace } from './concepts/concept-space';
export type { ConceptInterventions, ConceptValue } from './concepts/interventions';
export { labelConsistency } from './concepts/label-consistency';
export { LabelLatents } from './concepts/label-latents';
export { MaskNetwork, type MaskLayerName } from './concepts/mask-network';
export {
  Mechanisms,
  type FitMechanismsOptions,
  type MechanismsOptions,
} from './concepts/mechanisms';
export type { PenaltyName } from './concepts/adjacency-training';
export type { CodePosterior } from './encoders/image-encoder';
export type { DecoderChoice } from './decoders/kinds';
export type { Blocks } from './decoders/warp/screening';
export type { WarpDecoderOptions } from './decoders/warp/warp-decoder';
export type { WarpOptions } from './decoders/warp/warp-kind';
export { counterfactualGrid, type CounterfactualGrid } from './counterfactual-grid';
export type { Decoder, DecoderInput, DecoderPlan, PaintedSample } from './decoders/decoder';
export {
  FieldsDecoder,
  type FieldsDecoderOptions,
  type FieldsPrepared,
} from './decoders/fields/fields-decoder';
export { fieldsOptions, type FieldsOptions } from './decoders/fields/options';
export {
  prepareFields,
  type FieldsPreparation,
  type PrepareFieldsInput,
} from './decoders/fields/prepare';
export { PooledEncoder, type PooledEncoderOptions } from './encoders/pooled-encoder';
export {
  evaluateModel,
  type EvaluateOptions,
  type Evaluation,
  type EvaluationDetail,
} from './evaluate';
export type { ModelFitOptions } from './fit-model';
export type { ModelSource } from './inputs';
export { modelOf, type ModelClass, type ModelConfig } from './model-of';
export type { ModelJson, PackedModel } from './model-file';
export {
  conceptShape,
  networkShape,
  plainShape,
  weight,
  withoutGraph,
  type ConceptModelOptions,
  type ConceptOptionsInput,
  type DecoderName,
  type SearchScore,
  type ModelOptions,
  type NetworkOptionsInput,
  type PlainOptionsInput,
} from './options';
export { splitCode, type ConceptPass, type Pass } from './pass';
export {
  noNetworks,
  recipe,
  type Abducted,
  type Adversary,
  type ConceptRecipe,
  type ConceptRoom,
  type Networks,
  type PlainRecipe,
  type Room,
  type Shapes,
  type TrainingDefaults,
} from './recipe';
export type { Stage, StageHooks } from './structure';
export type { Terms } from './terms';
