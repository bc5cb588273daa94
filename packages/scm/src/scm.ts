import type { Edge, Matrix } from '@causal/graph';
import { checkKeys, checkMatrix, checkNumber, isRecord, OptionsError, show } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import { doOperator, type DoOperator } from './do-operator';
import {
  amountPerRow,
  type Interventions,
  nameOf,
  resolveConcept,
  resolveInterventions,
} from './interventions';
import type { Adjacency } from './linear';
import { type Mechanism, type Steps, stepsOf } from './mechanisms';
import { type Noise, samplerOf } from './noise';

/** One thing per concept: in their order, or by name where there are names, else by index. */
export type PerConcept<T> = readonly T[] | Readonly<Record<string | number, T>>;

export interface ScmOptions {
  /**
   * Weights d×d, A[i][j] ≠ 0 means i → j. The weights count for linear mechanisms; for given ones
   * only where they are zero. Cycles are cut at their weakest edge, see {@link Scm.dropped}.
   */
  readonly adjacency: Adjacency;
  readonly names?: readonly string[];
  /** Weights of smaller size are no edges. Default 0. */
  readonly threshold?: number;
  /** Mechanisms that are not linear without bias, by concept. */
  readonly mechanisms?: PerConcept<Mechanism>;
  /** Noise of all concepts, or by concept. Default: standard normal. */
  readonly noise?: Noise | PerConcept<Noise>;
}

export interface SampleOptions {
  readonly rng?: Rng;
  /** Used when there is no rng. Default 0. */
  readonly seed?: number;
  /** do() before sampling: the truncated factorisation. */
  readonly interventions?: Interventions;
}

/**
 * A structural causal model for data: sample from it, sample under do(), and ask what an observed
 * unit would have been (Pearl 2009, chapter 7). All in float64 on rows [n][d].
 */
export class Scm {
  /** Edges dropped because they closed a cycle, heaviest first; empty for a DAG. */
  readonly dropped: readonly Edge[];
  /** The acyclic weights in use. */
  readonly adjacency: Matrix;
  /** Names of the concepts; their indices as text where none were given. */
  readonly names: readonly string[];
  readonly #do: DoOperator;
  readonly #parents: readonly (readonly number[])[];
  readonly #steps: readonly Steps[];
  readonly #samplers: readonly ((rng: Rng) => number)[];

  /**
   * @throws OptionsError (a TypeError) on an option, a parameter of noise or mechanism that does not
   * exist, naming the nearest; RangeError on numbers out of range.
   */
  constructor(options: ScmOptions) {
    checkKeys(options, ['adjacency', 'names', 'threshold', 'mechanisms', 'noise'], 'Scm');
    const { names, threshold, mechanisms = {}, noise = { kind: 'normal' } } = options;
    this.#do = doOperator(options.adjacency, {
      ...(names === undefined ? {} : { names }),
      ...(threshold === undefined ? {} : { threshold }),
    });
    this.dropped = this.#do.dropped;
    this.adjacency = this.#do.adjacency;
    const d = this.adjacency.length;
    this.names = names ?? this.adjacency.map((_, i) => String(i));
    this.#parents = this.adjacency.map((_, j) =>
      this.adjacency.flatMap((row, i) => (row[j] === 0 ? [] : [i])),
    );
    const given = perConcept(mechanisms, names, d, 'Scm: mechanisms');
    this.#steps = this.#parents.map((parents, j) =>
      stepsOf(
        given.get(j) ?? { kind: 'linear' },
        parents.map((i) => this.adjacency[i]![j]!),
        `Scm: mechanism of ${this.names[j]}`,
      ),
    );
    const shared = isNoise(noise) ? noise : undefined;
    const own = perConcept(isNoise(noise) ? {} : noise, names, d, 'Scm: noise');
    this.#samplers = this.names.map((name, j) =>
      samplerOf(own.get(j) ?? shared ?? { kind: 'normal' }, `Scm: noise of ${name}`),
    );
  }

  /** n rows of exogenous noise, [n][d]; the same whatever is done to the model afterwards. */
  noise(n: number, options: Pick<SampleOptions, 'rng' | 'seed'> = {}): number[][] {
    checkNumber(n, 'n', 'Scm', { integer: true, least: 0 });
    checkKeys(options, ['rng', 'seed'], 'Scm.noise');
    const { seed = 0, rng: given = seed } = options;
    const rng = createRng(given);
    return Array.from({ length: n }, () => this.#samplers.map((sampler) => sampler(rng)));
  }

  /**
   * n rows from the model, or from the model under do(). The same seed gives the same noise with and
   * without interventions, so that concepts which do not descend from a target are bit-identical.
   * @throws OptionsError on an unknown option; TypeError or RangeError on what is no intervention.
   */
  sample(n: number, options: SampleOptions = {}): number[][] {
    checkKeys(options, ['rng', 'seed', 'interventions'], 'Scm.sample', {
      do: 'interventions',
    });
    const { interventions, ...draw } = options;
    return this.predict(this.noise(n, draw), interventions);
  }

  /** The values that noise leads to, causes first, under do() if asked. @param noise [n][d]. */
  predict(noise: Matrix, interventions: Interventions = {}): number[][] {
    this.#checkRows(noise, 'noise', 'Scm.predict');
    const d = this.names.length;
    const actions = new Map(
      resolveInterventions(interventions, this.names, d, 'Scm').map(({ target, kind, amount }) => {
        const where = `Scm, do(${nameOf(target, this.names)})`;
        return [target, { kind, amounts: amountPerRow(amount, noise.length, where) }];
      }),
    );
    const values = noise.map((row) => row.map(() => 0));
    for (const node of this.#do.order) {
      const action = actions.get(node);
      const forward = this.#steps[node]!.forward;
      values.forEach((row, n) => {
        if (action?.kind === 'set') {
          row[node] = action.amounts[n]!;
          return;
        }
        const value = forward(this.#causes(node, row), noise[n]![node]!);
        row[node] = this.#finite(value + (action?.amounts[n] ?? 0), node, n);
      });
    }
    return values;
  }

  /** The noise behind observed rows, exactly: abduction, [n][d]. */
  abduct(observed: Matrix): number[][] {
    this.#checkRows(observed, 'observed', 'Scm.abduct');
    return observed.map((row, n) =>
      row.map((value, node) =>
        this.#finite(this.#steps[node]!.backward(this.#causes(node, row), value), node, n),
      ),
    );
  }

  /**
   * What observed rows would have been under do(): abduction, action, prediction. Concepts that do
   * not descend from a target are copied bit for bit, and so is everything where nothing was changed.
   * Only the noise of descendants is abducted.
   * @param observed [n][d].
   */
  counterfactual(observed: Matrix, interventions: Interventions): number[][] {
    this.#checkRows(observed, 'observed', 'Scm.counterfactual');
    return this.#do.values(observed, interventions, (node, values) => {
      const { forward, backward } = this.#steps[node]!;
      return values.map((row, n) => {
        const noise = backward(this.#causes(node, observed[n]!), observed[n]![node]!);
        return forward(this.#causes(node, row), noise);
      });
    });
  }

  #causes(node: number, row: readonly number[]): number[] {
    return this.#parents[node]!.map((parent) => row[parent]!);
  }

  #finite(value: number, node: number, row: number): number {
    if (Number.isFinite(value)) return value;
    throw new RangeError(
      `Scm: the mechanism of ${this.names[node]} gave ${value} for row ${row}; it must be finite.`,
    );
  }

  #checkRows(rows: Matrix, name: string, operation: string): void {
    checkMatrix(rows, name, operation, { columns: this.names.length });
  }
}

/** One distribution, rather than one per concept (a concept may be called "kind"). */
function isNoise(noise: Noise | PerConcept<Noise>): noise is Noise {
  return typeof noise === 'function' || (isRecord(noise) && typeof noise.kind === 'string');
}

function perConcept<T>(
  things: PerConcept<T>,
  names: readonly string[] | undefined,
  d: number,
  operation: string,
): Map<number, T> {
  const list = Array.isArray(things);
  if ((!list && !isRecord(things)) || (list && things.length !== d)) {
    throw new OptionsError(operation, [
      `expected one for each of ${d} concepts, as a list or by name, got ${show(things)}.`,
    ]);
  }
  return new Map(
    Object.entries(things).map(([key, thing]) => [resolveConcept(key, names, d, operation), thing]),
  );
}
