import type { Matrix } from '@causal/graph';
import { checkMatrix } from '@causal/options';
import type { CausalOrder } from './do-operator';
import { amountPerRow, type Interventions, nameOf, resolveInterventions } from './interventions';

/**
 * The values of one concept from its causes, for all rows at once: `values[row][parent]` are already
 * those after do(). What belongs to a row (its abducted noise) is the caller's to add.
 * @returns One number per row.
 */
export type ValueMechanism = (
  node: number,
  values: Matrix,
  parents: readonly number[],
) => ArrayLike<number>;

/** do() on rows of values; see DoOperator.values. */
export function doValues(
  { order, parents, names }: CausalOrder,
  values: Matrix,
  interventions: Interventions,
  mechanism: ValueMechanism,
): number[][] {
  const operation = 'do(values)';
  const d = order.length;
  // A missing value (NaN) is kept where nothing moves it.
  checkMatrix(values, 'values', operation, { columns: d, infinite: true });
  const result = values.map((row) => [...row]);
  const actions = new Map(
    resolveInterventions(interventions, names, d, operation).map(({ target, kind, amount }) => [
      target,
      {
        kind,
        amounts: amountPerRow(amount, values.length, `${operation}, do(${nameOf(target, names)})`),
      },
    ]),
  );
  for (const node of order) {
    const action = actions.get(node);
    if (action?.kind === 'set') {
      result.forEach((row, i) => (row[node] = action.amounts[i]!));
      continue;
    }
    // Where no cause of a row moved, the row keeps its value to the bit.
    const moved = result.map((row, i) =>
      parents[node]!.some((parent) => !Object.is(row[parent], values[i]![parent])),
    );
    if (moved.includes(true)) {
      const fresh = mechanism(node, result, parents[node]!);
      if (fresh.length !== values.length) {
        throw new RangeError(
          `${operation}: the mechanism of ${nameOf(node, names)} gave ${fresh.length} values for ${values.length} rows.`,
        );
      }
      result.forEach((row, i) => moved[i] && (row[node] = finite(fresh[i]!, node, i, names)));
    }
    if (action !== undefined) result.forEach((row, i) => (row[node]! += action.amounts[i]!));
  }
  return result;
}

function finite(
  value: number,
  node: number,
  row: number,
  names: readonly string[] | undefined,
): number {
  if (Number.isFinite(value)) return value;
  throw new RangeError(
    `do(values): the mechanism of ${nameOf(node, names)} gave ${value} for row ${row}.`,
  );
}
