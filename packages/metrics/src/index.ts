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
export type { CounterfactualModel } from './counterfactual-model';
