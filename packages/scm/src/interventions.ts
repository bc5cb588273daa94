import {
  checkKeys,
  checkNumber,
  checkNumbers,
  checkRecord,
  isRecord,
  nearestName,
  show,
} from '@causal/options';
import * as tf from '@tensorflow/tfjs';

/** A value for all rows, or one per row. */
export type Amount = number | ArrayLike<number>;

/**
 * What is done to one concept: `0.9` or one value per row sets it (a hard intervention, its causes
 * no longer matter), `{ shift: 0.1 }` adds to what its causes give it (a soft one).
 */
export type Intervention<A = Amount> = A | { readonly shift: A };

/** Interventions by concept: by name where there are names, else by index. */
export type Interventions<A = Amount> = Readonly<Record<string | number, Intervention<A>>>;

export interface ResolvedIntervention<A> {
  readonly target: number;
  readonly kind: 'set' | 'shift';
  readonly amount: A;
}

/** Interventions with their keys resolved to nodes, in the order of the nodes. */
export function resolveInterventions<A>(
  interventions: Interventions<A>,
  names: readonly string[] | undefined,
  d: number,
  operation: string,
): ResolvedIntervention<A>[] {
  checkRecord(interventions, 'interventions by concept, such as { length: 2 }', operation);
  const resolved = Object.entries(interventions).map(([key, intervention]) => {
    const target = resolveConcept(key, names, d, operation);
    if (isPlain(intervention)) {
      checkKeys(intervention, ['shift'], `${operation}, do(${nameOf(target, names)})`);
    }
    return isShift(intervention)
      ? { target, kind: 'shift' as const, amount: intervention.shift }
      : { target, kind: 'set' as const, amount: intervention as A };
  });
  resolved.sort((a, b) => a.target - b.target);
  resolved.forEach(({ target }, i) => {
    if (resolved[i + 1]?.target === target) {
      throw new RangeError(`${operation}: two interventions on concept ${nameOf(target, names)}.`);
    }
  });
  return resolved;
}

/** `{ … }` itself, for its keys to be checked; a tensor is an object too, and an amount. */
const isPlain = (value: unknown): value is object =>
  isRecord(value) && !(value instanceof tf.Tensor);

export function isShift<A>(intervention: Intervention<A>): intervention is { readonly shift: A } {
  // hasOwn: every array inherits a method named shift.
  return (
    typeof intervention === 'object' &&
    intervention !== null &&
    Object.hasOwn(intervention, 'shift')
  );
}

/** The node that a name or an index means. */
export function resolveConcept(
  key: string,
  names: readonly string[] | undefined,
  d: number,
  operation: string,
): number {
  const named = names?.indexOf(key) ?? -1;
  if (named >= 0) return named;
  const index = /^\d+$/.test(key) ? Number(key) : d;
  if (index < d) return index;
  const near = names === undefined ? undefined : nearestName(key, names);
  throw new RangeError(
    `${operation}: no concept "${key}"; there ${names === undefined ? `are 0 … ${d - 1}` : `are ${names.join(', ')}`}.` +
      (near === undefined ? '' : ` Did you mean "${near}"?`),
  );
}

export function nameOf(node: number, names: readonly string[] | undefined): string {
  return names?.[node] ?? String(node);
}

/**
 * The amount, if it is a finite number or a list of them. Never a string, which has a length and
 * items too, and would be taken apart.
 * @param operation Begins the error, with the concept: `'do(length)'`.
 * @throws TypeError on anything else; RangeError on NaN or Infinity.
 */
export function checkAmount(amount: unknown, operation: string): Amount {
  if (typeof amount === 'number') return checkNumber(amount, 'value', operation);
  if (!Array.isArray(amount) && !ArrayBuffer.isView(amount)) {
    throw new TypeError(
      `${operation}: expected a number, one number per row or { shift: … }, got ${show(amount)}.`,
    );
  }
  return checkNumbers(amount, 'value', operation);
}

/** An amount as one number per row. @throws as {@link checkAmount}; RangeError on another length. */
export function amountPerRow(amount: Amount, rows: number, operation: string): Float64Array {
  const values = checkAmount(amount, operation);
  if (typeof values === 'number') return new Float64Array(rows).fill(values);
  if (values.length === rows) return Float64Array.from(values);
  throw new RangeError(
    `${operation}: got ${values.length} values for ${rows} rows; expected a number or one number per row.`,
  );
}
