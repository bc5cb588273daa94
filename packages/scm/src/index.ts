export { type Activation, conceptMlp, type ConceptMlpWeights } from './concept-mlp';
export { doOperator, type DoOperator, type DoOperatorOptions } from './do-operator';
export type { LatentAmount, LatentInterventions, LatentMechanism } from './do-tensors';
export type { ValueMechanism } from './do-values';
export { gumbelMask, type GumbelMaskOptions } from './gumbel-mask';
export * as host from './host/index';
export {
  type Amount,
  checkAmount,
  type Intervention,
  type Interventions,
  isShift,
} from './interventions';
export { GumbelMaskLayer, type GumbelMaskLayerArgs } from './layers/gumbel-mask-layer';
export { LinearScmLayer, type LinearScmLayerArgs } from './layers/linear-scm-layer';
export { MaskLayer, type MaskLayerArgs } from './layers/mask-layer';
export { type Adjacency, type Concepts, endogenous, exogenous, parentSum } from './linear';
export type { Mechanism } from './mechanisms';
export type { Noise } from './noise';
export { type PerConcept, type SampleOptions, Scm, type ScmOptions } from './scm';
