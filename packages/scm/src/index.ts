export { type Activation, conceptMlp, type ConceptMlpWeights } from './concept-mlp';
export { doOperator, type DoOperator, type DoOperatorOptions } from './do-operator';
export type { LatentAmount, LatentInterventions, LatentMechanism } from './do-tensors';
export type { ValueMechanism } from './do-values';
export type { Amount, Intervention, Interventions } from './interventions';
export { LinearScmLayer, type LinearScmLayerArgs } from './layers/linear-scm-layer';
export { MaskLayer, type MaskLayerArgs } from './layers/mask-layer';
export { type Adjacency, type Concepts, endogenous, exogenous, parentSum } from './linear';
