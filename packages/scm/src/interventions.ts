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
  const resolved = Object.entries(interventions).map(([key, intervention]) => {
    const target = resolveConcept(key, names, d, operation);
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
  const index = Number(key);
  if (key.trim() !== '' && Number.isInteger(index) && index >= 0 && index < d) return index;
  throw new RangeError(
    `${operation}: no concept "${key}"; there ${names === undefined ? `are 0 … ${d - 1}` : `are ${names.join(', ')}`}.`,
  );
}

export function nameOf(node: number, names: readonly string[] | undefined): string {
  return names?.[node] ?? String(node);
}

/** An amount as one number per row, checked to be finite. */
export function amountPerRow(amount: Amount, rows: number, operation: string): Float64Array {
  const values =
    typeof amount === 'number'
      ? new Float64Array(rows).fill(amount)
      : Float64Array.from(amount as ArrayLike<number>);
  if (values.length !== rows) {
    throw new RangeError(`${operation}: got ${values.length} values for ${rows} rows.`);
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`${operation}: the value of row ${bad} is ${values[bad]}.`);
  return values;
}
