export { type Acyclic, makeAcyclic } from './acyclic';
export { shd, type ShdOptions } from './distance';
export { toDot } from './draw/dot';
export type { DrawOptions } from './draw/model';
export { type SvgOptions, toSvg } from './draw/svg';
export { edgeMetrics, type EdgeMetrics } from './edges';
export type { Edge, Matrix } from './matrix';
export { CycleError, findCycle, isDag, topologicalOrder } from './order';
export { ancestors, descendants, longestPath } from './paths';
