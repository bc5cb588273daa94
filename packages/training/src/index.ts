export { earlyStopping, type EarlyStoppingOptions } from './callbacks/early-stopping';
export { weightAverage, type WeightAverageOptions } from './callbacks/weight-average';
export type { Callback, LogEntry, Outcome, Run } from './callback';
export type { Checkpoint } from './checkpoint/checkpoint';
export { CheckpointError, decodeCheckpoint, encodeCheckpoint } from './checkpoint/encode';
export { loadCheckpoint, saveCheckpoint } from './checkpoint/lazy';
export type { Batches, BatchSource, DataSource, SourceOptions, SplitSource } from './data-source';
export { fit, InterruptedError, type FitResult } from './fit';
export type { FitOptions, OptimizerOptions, Progress } from './fit-options';
export { NonFiniteLossError } from './loop/loss-log';
export { OptionsError } from '@causal/options';
export {
  DataError,
  probeBatch,
  probeLabels,
  type ConceptInfo,
  type DataReport,
} from './probe/probe';
export {
  htmlReport,
  type Report,
  type ReportFact,
  type ReportFigure,
  type ReportSection,
  type ReportTable,
} from './report/html-report';
export { progressReporter, type ProgressReporter, type ProgressReporterOptions } from './progress';
export type { OpenedRun, OpenRunOptions, RunStore } from './run-store';
export {
  readSafetensors,
  SafetensorsError,
  writeSafetensors,
  type HostDType,
  type HostTensor,
} from '@causal/nn';
export {
  constant,
  cosine,
  oneCycle,
  stepDecay,
  warmUp,
  type CosineOptions,
  type OneCycleOptions,
  type Schedule,
  type StepDecayOptions,
} from './schedules';
export type { Carried, Loss, LossContext, Player, Trainable } from './trainable';
