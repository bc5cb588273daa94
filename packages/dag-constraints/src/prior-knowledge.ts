import { findCycle } from '@causal/graph';
import { checkKeys, OptionsError, show } from '@causal/options';
import { readEdges, type EdgeSet, type Variable } from './edge-set';
import { toRows } from './numeric/square';

/** What is known about the graph before looking at the data. All of it holds in the result. */
export interface PriorKnowledge {
  /** Edges that are in the result. */
  readonly required?: EdgeSet;
  /** Edges that are not in the result. */
  readonly forbidden?: EdgeSet;
  /** Groups in causal order: no edge from a later group to an earlier one. */
  readonly tiers?: readonly (readonly Variable[])[];
  /** Variables without causes. */
  readonly roots?: readonly Variable[];
}

/** Prior knowledge of d variables as two masks. */
export interface Constraints {
  readonly size: number;
  /** `required[i * size + j]` is 1 where i → j must be. */
  readonly required: Uint8Array;
  /** `forbidden[i * size + j]` is 1 where i → j must not be (the diagonal is). */
  readonly forbidden: Uint8Array;
}

/**
 * Resolves names and checks that some DAG satisfies it all.
 * @throws OptionsError (a TypeError) for unknown variables or malformed sets; RangeError for an impossible
 * combination, which it names: an edge both required and forbidden (and by what), or the cycle
 * that required edges form.
 */
export function resolvePriorKnowledge(
  prior: PriorKnowledge | undefined,
  names: readonly string[],
  caller: string,
): Constraints {
  const size = names.length;
  const required = new Uint8Array(size * size);
  const forbidden = new Uint8Array(size * size);
  const reasons = new Map<number, string>();
  const forbid = (from: number, to: number, reason: string): void => {
    forbidden[from * size + to] = 1;
    if (!reasons.has(from * size + to)) reasons.set(from * size + to, reason);
  };
  if (prior !== undefined) {
    checkKeys(prior, ['required', 'forbidden', 'tiers', 'roots'], `${caller}: priorKnowledge`);
  }
  const variable = (v: unknown): number => {
    const index = typeof v === 'string' ? names.indexOf(v) : v;
    if (Number.isInteger(index) && (index as number) >= 0 && (index as number) < size) {
      return index as number;
    }
    throw new OptionsError(caller, [
      `priorKnowledge names the variable ${show(v)}; there are ${names.join(', ')} (0 … ${size - 1}).`,
    ]);
  };
  const edgesOf = (name: 'required' | 'forbidden'): [number, number][] =>
    readEdges(prior?.[name], { size, name: `priorKnowledge.${name}`, caller, variable });
  // A string would be taken apart into letters.
  const list = <T>(value: readonly T[] | undefined, name: string, of: string): readonly T[] => {
    if (value === undefined || Array.isArray(value)) return value ?? [];
    throw new OptionsError(caller, [
      `\`priorKnowledge.${name}\` must be an array of ${of}, got ${show(value)}.`,
    ]);
  };
  for (let i = 0; i < size; i++) forbid(i, i, 'no variable causes itself');
  for (const [from, to] of edgesOf('forbidden')) {
    forbid(from, to, 'it is in forbidden');
  }
  for (const root of list(prior?.roots, 'roots', 'variables')) {
    const to = variable(root);
    for (let from = 0; from < size; from++) {
      if (from !== to) forbid(from, to, `${names[to]} is in roots`);
    }
  }
  const tierOf = new Map<number, number>();
  list(prior?.tiers, 'tiers', 'arrays of variables').forEach((tier, t) => {
    for (const member of list(tier, `tiers[${t}]`, 'variables')) {
      const index = variable(member);
      if (tierOf.has(index)) {
        throw new TypeError(
          `${caller}: ${names[index]} is in tiers ${tierOf.get(index)} and ${t}; one tier each.`,
        );
      }
      tierOf.set(index, t);
    }
  });
  for (const [from, late] of tierOf) {
    for (const [to, early] of tierOf) {
      if (late > early) forbid(from, to, `${names[from]} is in a later tier than ${names[to]}`);
    }
  }
  for (const [from, to] of edgesOf('required')) {
    const reason = reasons.get(from * size + to);
    if (reason !== undefined) {
      throw new RangeError(
        `${caller}: the required edge ${names[from]} → ${names[to]} is impossible: ${reason}.`,
      );
    }
    required[from * size + to] = 1;
  }
  const cycle = findCycle(toRows(required, size));
  if (cycle) {
    throw new RangeError(
      `${caller}: the required edges form a cycle: ${[...cycle, cycle[0]!].map((i) => names[i]).join(' → ')}.`,
    );
  }
  forbidAgainst(required, forbidden, size);
  return { size, required, forbidden };
}

/** Forbids j → i wherever required edges lead from i to j: such an edge would close a cycle. */
function forbidAgainst(required: Uint8Array, forbidden: Uint8Array, size: number): void {
  const reach = required.slice();
  for (let k = 0; k < size; k++) {
    for (let i = 0; i < size; i++) {
      if (!reach[i * size + k]) continue;
      for (let j = 0; j < size; j++) reach[i * size + j]! |= reach[k * size + j]!;
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) if (reach[i * size + j]) forbidden[j * size + i] = 1;
  }
}
