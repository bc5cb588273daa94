import type { Matrix } from '@causal/graph';
import { createRng, type Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import { checkChoice, checkKeys, OptionsError, show } from '@causal/options';
import { checkWork, numberOption } from '../../checks';
import { moments, readTable } from '../../data/table';
import { commonUnit, inUnits, LARGE } from '../../data/units';
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

/** Refuses options that a learner does not have, before any of them is read. */
export function checkMlpOptions(options: object, own: readonly string[], caller: string): void {
  checkKeys(options, [...MLP_OPTIONS, ...own], caller);
  checkWork(options, caller);
}

interface Defaults {
  readonly caller: string;
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
  /** What the columns were divided by. */
  readonly unit: number;
}

/** Means of more deviations than this are taken off: no network could learn past them. */
const FAR = 10;

/**
 * Checks data and options. Columns that all are in small or in large units are divided by one power of ten (`commonUnit`), and a mean of more than 10 deviations is taken off its column. Else the columns are not centred, as in the references: the networks' biases
 * and output weights take the means first, and dagmaMlp finds better graphs from there (README, "Measured").
 */
export function setUpMlp(
  x: Matrix | tf.Tensor2D,
  options: MlpOptions,
  { caller, ...defaults }: Defaults,
): MlpSetup {
  const { names, seed = 0, rng = seed } = options;
  const { hidden = defaults.hidden, compute = defaults.compute } = options;
  const given = readTable(x, { caller, ...(names !== undefined && { names }) });
  const unit = commonUnit(given, LARGE.networks);
  const { rows, ...table } = inUnits(given, unit, caller);
  const columns = table.columns.map((column) => {
    const { mean, deviation } = moments(column);
    return Math.abs(mean) > FAR * deviation ? column.map((v) => v - mean) : column;
  });
  const constraints = resolvePriorKnowledge(options.priorKnowledge, table.names, caller);
  if (!Array.isArray(hidden) || hidden.length === 0) {
    throw new OptionsError(caller, [
      `hidden must list the units of each hidden layer, for example [10]; got ${show(hidden)}.`,
    ]);
  }
  const number = numberOption(caller);
  hidden.forEach((units: number, l) => number(units, `hidden[${l}]`, 1, true));
  checkChoice(compute, ['engine', 'host'], 'compute', caller);
  const byColumn = new Float64Array(columns.length * rows);
  columns.forEach((column, j) => byColumn.set(column, j * rows));
  const shape = { variables: columns.length, hidden, activation: defaults.activation };
  const make = compute === 'engine' ? engineSquares : hostSquares;
  return {
    shape,
    rows,
    constraints,
    unit,
    rng: createRng(rng),
    squares: make(shape, { rows, byColumn }),
  };
}
