import { checkAmount, isShift, type Amount, type Interventions } from '@causal/scm';
import { checkRecord, nearestName } from '@causal/options';
import type { ConceptScale } from './concept-scale';

/**
 * Interventions by name in native units to the unit scale of the networks. `{ shift }` scales by
 * the width of the range.
 * @throws on an unknown concept (naming the nearest), and on what is no finite number or list of them.
 */
export function toUnitInterventions(
  scale: ConceptScale,
  interventions: Interventions,
): Interventions {
  checkRecord(interventions, 'values by concept, such as { length: 2 }', 'do()');
  return Object.fromEntries(
    Object.entries(interventions).map(([name, intervention]) => {
      const index = scale.names.indexOf(name);
      if (index < 0) {
        const near = nearestName(name, scale.names);
        throw new Error(
          `do(${name}): there is no concept "${name}"; there are ${scale.names.join(', ')}.` +
            (near ? ` Did you mean "${near}"?` : ''),
        );
      }
      if (isShift(intervention)) {
        const [low, high] = scale.concepts[index]!.range;
        return [name, { shift: mapAmount(name, intervention.shift, (v) => v / (high - low)) }];
      }
      return [name, mapAmount(name, intervention, (v) => scale.toUnitValue(index, v))];
    }),
  );
}

/** The rows `from` … `from + size` of per-row amounts; amounts for all rows as they are. */
export function sliceInterventions(
  interventions: Interventions,
  from: number,
  size: number,
): Interventions {
  const cut = (amount: Amount): Amount =>
    typeof amount === 'number' ? amount : Array.from(amount).slice(from, from + size);
  return Object.fromEntries(
    Object.entries(interventions).map(([name, intervention]) => [
      name,
      isShift(intervention) ? { shift: cut(intervention.shift) } : cut(intervention),
    ]),
  );
}

/** @throws RangeError where per-row amounts do not match the rows of the batch. */
export function checkRows(interventions: Interventions, rows: number): void {
  for (const [name, intervention] of Object.entries(interventions)) {
    const amount = isShift(intervention) ? intervention.shift : intervention;
    if (typeof amount !== 'number' && amount.length !== rows) {
      throw new RangeError(`do(${name}): got ${amount.length} values for ${rows} rows.`);
    }
  }
}

function mapAmount(name: string, given: Amount, f: (value: number) => number): Amount {
  const amount = checkAmount(given, `do(${name})`);
  return typeof amount === 'number' ? f(amount) : Array.from(amount, f);
}
