export type { CounterfactualModel } from './counterfactual-model';
export { Annotator, type AnnotatorDescription, loadAnnotator } from './interventions/annotator';
export {
  type CounterfactualError,
  counterfactualError,
  type ImageError,
  reconstructionError,
} from './interventions/counterfactual-error';
export {
  type EffectFault,
  type EffectMatrix,
  effectMatrix,
  type LabelReader,
} from './interventions/effect-matrix';
export { judgeInterventions } from './interventions/judge';
export { trainAnnotator, type TrainAnnotatorOptions } from './interventions/train-annotator';
export type { JudgeOptions } from './interventions/walk';
export {
  characteristicMatrix,
  type CharacteristicMatrix,
  type MicOptions,
} from './mic/characteristic';
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
export { mcc, type MccMatch, mccMatch, type MccOptions } from './representation/mcc';
export type { Table } from './representation/table';
