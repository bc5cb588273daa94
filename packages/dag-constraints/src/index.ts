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
export type { EdgeSet, PriorKnowledge, Variable } from './prior-knowledge';
export type { HistoryEntry, LearnedGraph, LongWork, Progress } from './progress';
export type { LocalScore, ParentSetScore } from './scores/local-score';
