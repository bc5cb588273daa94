export {
  exactSearch,
  type ExactSearchOptions,
  type ExactSearchResult,
} from './learners/exact/exact-search';
export type { Matrix } from './matrix';
export { host } from './penalties/host';
export { expTrace, polyTrace } from './penalties/penalties';
export type { PenaltyResult } from './penalties/penalty';
export type { EdgeSet, PriorKnowledge, Variable } from './prior-knowledge';
export type { HistoryEntry, LearnedGraph, LongWork, Progress } from './progress';
export type { ParentSetScore } from './scores/local-score';
