import type { Matrix } from '@causal/graph';
import { createRng, type Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import { readTable } from '../../data/table';
import { checkKeys, numberOption } from '../../options';
import { resolvePriorKnowledge, type Constraints } from '../../prior-knowledge';
import { LEARNER_OPTIONS, type LearnerOptions } from '../learner-options';
import { engineSquares } from './engine-squares';
import { hostSquares } from './host-squares';
import type { Shape } from './network';
import type { Squares } from './squares';

/** What the learners with one small network per variable share. */
export interface MlpOptions extends LearnerOptions {
  /** Units of each hidden layer. */
  readonly hidden?: readonly number[];
  /**
   * Where the networks are computed: `'engine'`, on tensors of the TensorFlow.js engine in use
   * (float32), or `'host'`, in float64 without an engine. The penalty and the parameters are float64
   * either way.
   */
  readonly compute?: 'engine' | 'host';
}

const MLP_OPTIONS = [...LEARNER_OPTIONS, 'hidden', 'compute'];

interface Defaults {
  readonly caller: string;
  /** Keys of the learner's own options. */
  readonly own: readonly string[];
  readonly hidden: readonly number[];
  readonly compute: 'engine' | 'host';
  readonly activation: Shape['activation'];
}

interface MlpSetup {
  readonly shape: Shape;
  readonly rows: number;
  readonly constraints: Constraints;
  /** To be disposed of. */
  readonly squares: Squares;
  readonly rng: Rng;
}

/**
 * Checks data and options. The columns are not centred, as in the references: the networks' biases
 * and output weights take the means first, and dagmaMlp finds better graphs from there (README, "Measured").
 */
export function setUpMlp(
  x: Matrix | tf.Tensor2D,
  options: MlpOptions,
  { caller, own, ...defaults }: Defaults,
): MlpSetup {
  checkKeys(options, [...MLP_OPTIONS, ...own], caller);
  const { names, seed = 0, rng = seed } = options;
  const { hidden = defaults.hidden, compute = defaults.compute } = options;
  const { columns, rows, ...table } = readTable(x, { caller, ...(names && { names }) });
  const constraints = resolvePriorKnowledge(options.priorKnowledge, table.names, caller);
  if (!Array.isArray(hidden) || hidden.length === 0) {
    throw new TypeError(
      `${caller}: hidden must list the units of each hidden layer, for example [10].`,
    );
  }
  const number = numberOption(caller);
  hidden.forEach((units: number, l) => number(units, `hidden[${l}]`, 1, true));
  if (compute !== 'engine' && compute !== 'host') {
    throw new TypeError(`${caller}: compute must be 'engine' or 'host', got ${String(compute)}.`);
  }
  const byColumn = new Float64Array(columns.length * rows);
  columns.forEach((column, j) => byColumn.set(column, j * rows));
  const shape = { variables: columns.length, hidden, activation: defaults.activation };
  const make = compute === 'engine' ? engineSquares : hostSquares;
  return {
    shape,
    rows,
    constraints,
    rng: createRng(rng),
    squares: make(shape, { rows, byColumn }),
  };
}
