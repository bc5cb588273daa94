export { createRng, Rng } from '@causal/random';
export { adam, type AdamOptions } from './optimizers/adam';
export type {
  LearningRate,
  Optimizer,
  OptimizerOptions,
  OptimizerState,
} from './optimizers/optimizer';
export { rmsprop, type RmspropOptions } from './optimizers/rmsprop';
export { sgd, type SgdOptions } from './optimizers/sgd';
export {
  availableEngines,
  setupEngine,
  type EngineInfo,
  type EngineName,
  type SetupEngineOptions,
} from './setup';
