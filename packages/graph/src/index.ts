export { type Acyclic, makeAcyclic } from './acyclic';
export {
  type BackdoorOptions,
  isAdjustmentSet,
  isBackdoorSet,
  minimalBackdoorSets,
} from './adjustment';
export { adjustmentDistance, type AdjustmentDistanceOptions } from './adjustment-distance';
export { averagePrecision } from './average-precision';
export { shd, type ShdOptions } from './distance';
export { toDot } from './draw/dot';
export type { DrawOptions } from './draw/model';
export { type SvgOptions, toSvg } from './draw/svg';
export { edgeMetrics, type EdgeMetrics } from './edges';
export type { Edge, Matrix } from './matrix';
export { CycleError, findCycle, isDag, topologicalOrder } from './order';
export { ancestors, descendants, longestPath } from './paths';
export { randomDag, type RandomDagOptions } from './random';
export { dSeparated, moralGraph, type Nodes } from './separation';
export { sid } from './sid';
