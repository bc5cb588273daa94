import type { Concept } from '@causal/datasets';
import { nearestName, show } from '@causal/options';
import { isShift, type Amount, type Interventions } from '@causal/scm';
import type { ConceptSpace } from './concept-space';

/** A value of a concept: a number in native units, or the name of a category. */
export type ConceptValue = number | string;

/**
 * do() by concept name: a value for all pictures, or one for each; `{ shift }` adds to what the
 * concept's causes give it. Numbers are in native units, categories also by name.
 */
export type ConceptInterventions = Readonly<
  Record<
    string,
    | ConceptValue
    | readonly ConceptValue[]
    | Float32Array
    | Float64Array
    | { readonly shift: Amount }
  >
>;

/** How far outside its range, in parts of its width, a value may lie before do() warns. */
const TOLERANCE = 0.01;

/**
 * Interventions on the unit scale of the networks, `{ shift }` by the width of the range.
 * @param rows Pictures that are intervened on: values given one by one must be as many.
 * @param warn Called where values lie outside what the data showed.
 * @throws TypeError, RangeError naming the concept, what was expected and what came.
 */
export function toUnitInterventions(
  space: ConceptSpace,
  interventions: ConceptInterventions,
  rows: number,
  warn: (message: string) => void,
): Interventions {
  if (typeof interventions !== 'object' || interventions === null || Array.isArray(interventions)) {
    throw new TypeError(
      `do() takes an object { concept: value } of ${space.names.join(', ')}, got ${show(interventions)}.`,
    );
  }
  return Object.fromEntries(
    Object.entries(interventions).map(([name, intervention]) => {
      const index = space.names.indexOf(name);
      if (index < 0) {
        const near = nearestName(name, space.names);
        throw new RangeError(
          `do(${name}): there is no concept "${name}"; there are ${space.names.join(', ')}.` +
            (near ? ` Did you mean "${near}"?` : ''),
        );
      }
      const concept = space.concepts[index]!;
      if (isShift(intervention as Amount | { shift: Amount })) {
        return [name, { shift: shiftOf(concept, (intervention as { shift: Amount }).shift, rows) }];
      }
      const native = valuesOf(concept, intervention, rows);
      warnOutside(concept, native, warn);
      const unit = native.map((value) => space.toUnitValue(index, value));
      return [name, isList(intervention) ? unit : unit[0]!];
    }),
  );
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || ArrayBuffer.isView(value);

/** The values of one concept in native units: one, or one for each row. */
function valuesOf(concept: Concept, intervention: unknown, rows: number): number[] {
  if (!isList(intervention)) return [valueOf(concept, intervention)];
  checkLength(concept, intervention, rows);
  return Array.from(intervention, (value) => valueOf(concept, value));
}

function valueOf(concept: Concept, value: unknown): number {
  const { name, kind, range, categories } = concept;
  if (typeof value === 'string' && categories !== undefined) {
    const category = categories.indexOf(value);
    if (category >= 0) return range[0] + category;
    const near = nearestName(value, categories);
    throw new RangeError(
      `do(${name}): there is no category ${show(value)}; there are ${categories.join(', ')}.` +
        (near ? ` Did you mean "${near}"?` : ''),
    );
  }
  const number = typeof value === 'boolean' && kind === 'binary' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw new TypeError(
      `do(${name}): expected ${expected(concept)}, or one for each picture, got ${show(value)}.`,
    );
  }
  if (kind !== 'continuous' && !isLevel(concept, number)) {
    throw new RangeError(
      `do(${name}): ${number} is no value of this ${kind} concept; expected ${expected(concept)}.`,
    );
  }
  return number;
}

/** Discrete concepts have no values between theirs. */
function isLevel({ kind, range: [low, high] }: Concept, value: number): boolean {
  if (kind === 'binary') return value === low || value === high;
  return Number.isInteger(value) && value >= low && value <= high;
}

function expected({ kind, unit, range: [low, high], categories }: Concept): string {
  if (categories !== undefined) return `one of ${categories.map((c) => `"${c}"`).join(', ')}`;
  if (kind === 'binary') return `${low} or ${high}`;
  if (kind !== 'continuous') return `a whole number from ${low} to ${high}`;
  return `a finite number${unit ? ` in ${unit}` : ''} (the data have ${low} to ${high})`;
}

function shiftOf(concept: Concept, shift: unknown, rows: number): Amount {
  const { name, kind, range } = concept;
  if (kind === 'categorical') {
    throw new TypeError(
      `do(${name}): categories have no order, so they cannot be shifted; set one.`,
    );
  }
  const scaled = (value: unknown): number => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new TypeError(
        `do(${name}): \`shift\` must be a finite number, or one for each picture, got ${show(value)}.`,
      );
    }
    return value / (range[1] - range[0]);
  };
  if (!isList(shift)) return scaled(shift);
  checkLength(concept, shift, rows);
  return Array.from(shift, scaled);
}

function checkLength({ name }: Concept, values: ArrayLike<unknown>, rows: number): void {
  if (values.length === rows) return;
  throw new RangeError(`do(${name}): got ${values.length} values for ${rows} rows.`);
}

function warnOutside(
  { name, range: [low, high], unit }: Concept,
  values: readonly number[],
  warn: (message: string) => void,
): void {
  const slack = TOLERANCE * (high - low);
  const far = values.filter((value) => value < low - slack || value > high + slack);
  if (far.length === 0) return;
  const shown = far.slice(0, 3).join(', ') + (far.length > 3 ? ', …' : '');
  warn(
    `do(${name} = ${shown}) lies outside the range ${low} to ${high}${unit ? ` ${unit}` : ''} that the data showed: ` +
      'what the model draws there is a guess.',
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
