export type { CounterfactualModel } from './counterfactual-model';
export { composition, type CompositionOptions } from './counterfactual-benchmark/composition';
export type { ChangeOptions } from './counterfactual-benchmark/changes';
export {
  type CounterfactualFrechet,
  counterfactualFrechet,
} from './counterfactual-benchmark/counterfactual-frechet';
export { type Effectiveness, effectiveness } from './counterfactual-benchmark/effectiveness';
export type { FeatureNetwork, GaussianEmbedding } from './counterfactual-benchmark/feature-network';
export {
  type MeasuredEffect,
  measuredEffects,
  type MeasuredFit,
} from './counterfactual-benchmark/measured-effects';
export { type Minimality, minimality } from './counterfactual-benchmark/minimality';
export {
  type ConceptReaders,
  Readers,
  type ReadersDescription,
  type ReaderScore,
} from './counterfactual-benchmark/readers';
export { trainReaders, type TrainReadersOptions } from './counterfactual-benchmark/train-readers';
export { Annotator, type AnnotatorDescription, loadAnnotator } from './interventions/annotator';
export { type AxiomOptions, type Axioms, axioms } from './interventions/axioms';
export {
  type CounterfactualError,
  counterfactualError,
  type ImageError,
  reconstructionError,
} from './interventions/counterfactual-error';
export { type EffectFault, type EffectMatrix, effectMatrix } from './interventions/effect-matrix';
export { judgeInterventions } from './interventions/judge';
export type { LabelReader } from './interventions/label-reader';
export { trainAnnotator, type TrainAnnotatorOptions } from './interventions/train-annotator';
export type { JudgeOptions } from './interventions/walk';
export {
  characteristicMatrix,
  type CharacteristicMatrix,
  type MicOptions,
} from './mic/characteristic';
export { micMatrix, type MicMatrixOptions } from './mic/mic-matrix';
export {
  gmic,
  type GmicOptions,
  mas,
  mcn,
  type McnOptions,
  mev,
  mic,
  type MicStatistics,
  micStatistics,
  tic,
  type TicOptions,
} from './mic/statistics';
export { mae, mse, psnr } from './pictures/errors';
export { frechetDistance } from './pictures/frechet';
export type { Images } from './pictures/images';
export { sharpness } from './pictures/sharpness';
export { msSsim, type MsSsimOptions, ssim, type SsimOptions } from './pictures/ssim';
export { type ConceptAssociation, conceptAssociation } from './representation/association';
export type { BoostingOptions } from './representation/boosting';
export { type Dci, dci, type DciOptions } from './representation/dci';
export { type BinnedOptions, mig } from './representation/information';
export { type Interval, type IntervalOptions, intervals } from './representation/interval';
export { irs, type IrsOptions } from './representation/irs';
export type { ScoredKind } from './representation/labels';
export { mcc, type MccMatch, mccMatch, type MccOptions } from './representation/mcc';
export {
  knnProbe,
  type KnnProbeOptions,
  linearProbe,
  type LinearProbeOptions,
  type Probe,
  type ProbeOptions,
} from './representation/probes';
export {
  formatReport,
  type LabelScoreName,
  type ReportOptions,
  type RepresentationReport,
  representationReport,
  type ScoreName,
} from './representation/report';
export { sap, type SapOptions } from './representation/sap';
export type { HoldOutOptions } from './representation/scoring';
export type { Table } from './representation/table';
