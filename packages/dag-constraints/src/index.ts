export {
  exactSearch,
  type ExactSearchOptions,
  type ExactSearchResult,
} from './learners/exact/exact-search';
export { isInDomain } from './penalties/domain';
export { host } from './penalties/host';
export { DomainError } from './penalties/log-det';
export { noCurl } from './penalties/no-curl';
export {
  expTrace,
  logDet,
  polyTrace,
  spectralRadius,
  truncatedGeometric,
} from './penalties/penalties';
export type { PenaltyResult } from './penalties/penalty';
export type { EdgeSet, Variable } from './edge-set';
export type { PriorKnowledge } from './prior-knowledge';
export type {
  HistoryEntry,
  LearnedGraph,
  LearnedInUnits,
  LongWork,
  Progress,
  StopReason,
} from './progress';
export type { LocalScore, ParentSetScore } from './scores/local-score';
export { lbfgsb, type LbfgsbOptions, type LbfgsbResult, type Objective } from './lbfgsb/lbfgsb';
export { dagmaMlp, type DagmaMlpOptions } from './learners/dagma-mlp';
export { golem, type GolemOptions } from './learners/golem';
export type { LearnerOptions } from './learners/learner-options';
export { mcsl, type McslOptions } from './learners/mcsl';
export { notearsMlp, type NotearsMlpOptions } from './learners/notears-mlp';
export { dagma, type DagmaOptions } from './learners/linear/dagma';
export type { LossName } from './learners/linear/losses';
export { notears, type NotearsOptions } from './learners/linear/notears';
export {
  diagnose,
  type Diagnosis,
  r2Sortability,
  sortRegress,
  type SortRegressOptions,
  standardize,
  varsortability,
} from './diagnostics';
export { edgeStability, type EdgeStabilityOptions } from './stability';
