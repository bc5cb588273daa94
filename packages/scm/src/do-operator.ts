import {
  descendants,
  type Edge,
  longestPath,
  makeAcyclic,
  type Matrix,
  topologicalOrder,
} from '@causal/graph';
import { checkKeys, checkMatrix, checkNumber, OptionsError, show } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { doLatents, doLinear, type LatentInterventions, type LatentMechanism } from './do-tensors';
import { doValues, type ValueMechanism } from './do-values';
import type { Interventions } from './interventions';
import type { Adjacency, Concepts } from './linear';

export interface DoOperatorOptions {
  /** Names of the concepts, so that interventions can use them. */
  readonly names?: readonly string[];
  /** Entries of smaller size are no edges. Default 0. */
  readonly threshold?: number;
}

/** do() on one causal graph: what every model of the project intervenes with. */
export interface DoOperator {
  /** The acyclic weights that are used: thresholded, cycles cut. */
  readonly adjacency: Matrix;
  /** Edges dropped because they closed a cycle (the weakest of it), heaviest first. */
  readonly dropped: readonly Edge[];
  readonly names: readonly string[] | undefined;
  /** Causes before effects. */
  readonly order: readonly number[];
  /** How many steps an effect may take. */
  readonly steps: number;
  /**
   * The concepts that setting these can change: their descendants in the graph without the targets'
   * incoming edges, in topological order, without the targets.
   */
  affected(targets: readonly number[]): number[];
  /**
   * do() on label rows [n][d]: targets are set (or shifted), every descendant is computed anew by
   * its mechanism, causes first; everything else is copied bit for bit.
   */
  values(values: Matrix, interventions: Interventions, mechanism: ValueMechanism): number[][];
  /**
   * do() on latents [batch, d] or [batch, d, k] of the *linear* model z = Aᵀz + ε with ε as it is:
   * descendants move by total effect × change. Gradients flow to latents and tensor amounts.
   */
  linear<T extends Concepts>(latents: T, interventions: LatentInterventions): T;
  /** do() on latents with any mechanism, causes first; everything else is copied bit for bit. */
  latents<T extends Concepts>(
    latents: T,
    interventions: LatentInterventions,
    mechanism: LatentMechanism<T>,
  ): T;
}

/** What the do() functions need to know of a graph. */
export interface CausalOrder {
  readonly adjacency: Matrix;
  readonly names: readonly string[] | undefined;
  readonly order: readonly number[];
  readonly parents: readonly (readonly number[])[];
}

/**
 * Prepares do() for a causal graph, a learned one that is not quite acyclic included: entries under
 * the threshold go, then the weakest edge of each cycle, and `dropped` says which.
 */
export function doOperator(adjacency: Adjacency, options: DoOperatorOptions = {}): DoOperator {
  const caller = 'doOperator';
  checkKeys(options, ['names', 'threshold'], caller);
  const { names, threshold = 0 } = options;
  checkNumber(threshold, 'threshold', caller, { least: 0 });
  const given = rowsOf(adjacency, caller);
  if (names !== undefined) checkNames(names, given.length, caller);
  const { weights, dropped } = makeAcyclic(
    given.map((row) => Array.from(row, (weight) => (Math.abs(weight) < threshold ? 0 : weight))),
  );
  const order = topologicalOrder(weights);
  const parents = weights.map((_, j) => weights.flatMap((row, i) => (row[j] === 0 ? [] : [i])));
  const graph: CausalOrder = { adjacency: weights, names, order, parents };
  return {
    adjacency: weights,
    dropped,
    names,
    order,
    steps: longestPath(weights),
    affected: (targets) => affectedBy(graph, targets),
    values: (values, interventions, mechanism) => doValues(graph, values, interventions, mechanism),
    linear: (latents, interventions) => doLinear(graph, latents, interventions),
    latents: (latents, interventions, mechanism) =>
      doLatents(graph, latents, interventions, mechanism),
  };
}

/** The adjacency as square rows of finite numbers. */
function rowsOf(adjacency: Adjacency, caller: string): Matrix {
  if (adjacency instanceof tf.Tensor && adjacency.rank !== 2) {
    throw new RangeError(
      `${caller}: \`adjacency\` must be [d, d], got [${(adjacency as tf.Tensor).shape.join(', ')}].`,
    );
  }
  const rows = adjacency instanceof tf.Tensor ? adjacency.arraySync() : adjacency;
  const columns = Array.isArray(rows) ? rows.length : 0;
  return checkMatrix(rows, 'adjacency', caller, { columns });
}

function checkNames(names: readonly string[], d: number, caller: string): void {
  const fits =
    Array.isArray(names) &&
    names.length === d &&
    names.every((name) => typeof name === 'string') &&
    new Set(names).size === d;
  if (fits) return;
  throw new OptionsError(caller, [
    `\`names\` must be ${d} different names, one a concept, got ${show(names)}.`,
  ]);
}

function affectedBy({ adjacency, order }: CausalOrder, targets: readonly number[]): number[] {
  const cut = adjacency.map((row) => row.map((weight, j) => (targets.includes(j) ? 0 : weight)));
  const below = new Set(targets.flatMap((target) => descendants(cut, target)));
  return order.filter((node) => below.has(node) && !targets.includes(node));
}
