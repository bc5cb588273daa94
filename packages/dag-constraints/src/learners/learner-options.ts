import type { Rng } from '@causal/random';
import type { PriorKnowledge } from '../prior-knowledge';
import type { LongWork } from '../progress';

/** What all learners by continuous optimisation take. */
export interface LearnerOptions extends LongWork {
  readonly priorKnowledge?: PriorKnowledge;
  /** Names of the columns, for `priorKnowledge` and messages; default `x0`, `x1`, … */
  readonly names?: readonly string[];
  /** Edges with |weight| below this are dropped at the end, unless required; default .3. */
  readonly threshold?: number;
  /** Start values, where they are random (the linear learners have none); default 0. */
  readonly seed?: number;
  readonly rng?: Rng;
}

export const LEARNER_OPTIONS = [
  'priorKnowledge',
  'names',
  'threshold',
  'seed',
  'rng',
  'signal',
  'onProgress',
] as const satisfies readonly (keyof LearnerOptions)[];
