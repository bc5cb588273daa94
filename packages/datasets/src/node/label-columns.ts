import { checkChoice, checkKeys, nearestName, OptionsError, show } from '@causal/options';
import { checkRecord, checkTexts } from '../arguments';
import type { Concept, LabelKind } from '../dataset';
import { BadFileError } from './bad-file';
import { type DecimalMark, MISSING, missingTest } from './cell';
import { type Column, readColumn } from './column';
import { checkSeparator, type Table, type TableOptions } from './table';
import { ENCODINGS } from './text-file';

const KINDS = ['binary', 'continuous', 'categorical', 'ordinal'] as const;

/** How the columns of a table become labels. */
export interface LabelOptions extends TableOptions {
  /** Columns that are concepts, in order; with their kinds, or to be inferred. Default: all others. */
  readonly concepts?: readonly string[] | Readonly<Record<string, LabelKind>>;
  /** Kinds of some concepts; those of the others are inferred. */
  readonly kinds?: Readonly<Record<string, LabelKind>>;
  /**
   * Texts of a concept in order, such as `{ size: ['small', 'medium', 'large'] }`, which count as
   * 0, 1, 2. The concept is ordinal unless its kind says `'categorical'`, or `'binary'` of two.
   */
  readonly categories?: Readonly<Record<string, readonly string[]>>;
  /** The mark before decimals, `'.'` (default) or `','`. */
  readonly decimal?: DecimalMark;
  /**
   * Cells that say that a label is missing (it becomes NaN), letter case apart. Default: an empty
   * cell, NA, N/A, #N/A, <NA>, NaN, null, none, ? and -. What `categories` lists is never missing.
   */
  readonly missing?: readonly string[];
}

export const LABEL_KEYS = [
  'concepts', 'kinds', 'categories', 'separator', 'decimal', 'encoding', 'missing',
]; // prettier-ignore

/** @throws OptionsError or RangeError naming the option that is wrong. */
export function checkLabelOptions(options: LabelOptions, caller: string): void {
  const { concepts, kinds = {}, categories = {}, decimal = '.', missing = [] } = options;
  checkSeparator(options.separator, caller);
  checkChoice(decimal, ['.', ','], 'decimal', caller);
  checkChoice(options.encoding ?? 'utf-8', ENCODINGS, 'encoding', caller);
  checkTexts(missing, 'missing', caller);
  if (Array.isArray(concepts)) checkTexts(concepts, 'concepts', caller);
  else if (concepts !== undefined) checkRecord(concepts, 'concepts', caller);
  checkRecord(kinds, 'kinds', caller);
  checkRecord(categories, 'categories', caller);
  for (const [name, kind] of [
    ...Object.entries(kinds),
    ...(Array.isArray(concepts) ? [] : Object.entries(concepts ?? {})),
  ]) {
    checkChoice(kind, KINDS, `kind of ${name}`, caller);
  }
  for (const [name, texts] of Object.entries(categories)) {
    checkTexts(texts, `categories.${name}`, caller);
    if (texts.length > 1 && new Set(texts).size === texts.length) continue;
    throw new OptionsError(caller, [
      `\`categories.${name}\` must be at least two different texts, got ${show(texts)}.`,
    ]);
  }
}

/**
 * The concepts' columns as numbers.
 * @param taken Columns that are no concepts: files, splits.
 * @throws BadFileError naming file, row and column of the first cell that does not fit.
 */
export function readLabels(
  table: Table,
  options: LabelOptions,
  taken: readonly string[],
  caller: string,
): (Column & { readonly name: string })[] {
  const { decimal = '.', missing = MISSING } = options;
  const chosen = chooseColumns(table, options.concepts, taken, caller);
  const kinds = byConcept(options.kinds, chosen, 'kinds', caller);
  const categories = byConcept(options.categories, chosen, 'categories', caller);
  const isMissing = missingTest(missing, decimal);
  return [...chosen].map(([name, told]) => {
    const kind = kinds.get(name) ?? told;
    const texts = categories.get(name);
    const shared = { decimal, isMissing, ...(kind && { kind }) };
    if (!texts) return { name, ...readColumn(table, name, shared) };
    if (kind === 'continuous' || (kind === 'binary' && texts.length !== 2)) {
      throw new OptionsError(caller, [
        `\`categories.${name}\` are ${texts.length} texts, but its kind is '${kind}'.`,
      ]);
    }
    return { name, ...readColumn(table, name, { ...shared, categories: texts }) };
  });
}

/** Names and, where they are told, kinds. */
function chooseColumns(
  table: Table,
  concepts: LabelOptions['concepts'],
  taken: readonly string[],
  caller: string,
): Map<string, LabelKind | undefined> {
  if (!concepts) {
    return new Map(table.columns.filter((c) => !taken.includes(c)).map((c) => [c, undefined]));
  }
  const list: (readonly [string, LabelKind | undefined])[] = Array.isArray(concepts)
    ? (concepts as readonly string[]).map((name) => [name, undefined])
    : Object.entries(concepts as Readonly<Record<string, LabelKind>>);
  const chosen = new Map<string, LabelKind | undefined>();
  for (const [given, kind] of list) {
    const name = given.normalize('NFC');
    checkColumn(table, name);
    if (taken.includes(name) || chosen.has(name)) {
      throw new OptionsError(caller, [
        `\`concepts\` has '${name}', which is ${chosen.has(name) ? 'there twice' : 'the column of files or splits'}.`,
      ]);
    }
    chosen.set(name, kind);
  }
  return chosen;
}

/** @throws BadFileError unless the table has the column. */
export function checkColumn(table: Table, name: string): void {
  if (table.columns.includes(name)) return;
  const near = nearestName(name, table.columns);
  const hint = near === undefined ? '' : ` Did you mean '${near}'?`;
  throw new BadFileError(
    table.file,
    1,
    `there is no column '${name}'; there are ${table.columns.join(', ')}.${hint}`,
  );
}

/** An option that says something of some concepts. */
function byConcept<T>(
  given: Readonly<Record<string, T>> | undefined,
  chosen: ReadonlyMap<string, unknown>,
  option: string,
  caller: string,
): Map<string, T> {
  const entries = Object.entries(given ?? {}).map(([k, v]) => [k.normalize('NFC'), v] as const);
  const found = new Map(entries);
  checkKeys(Object.fromEntries(found), [...chosen.keys()], `${caller}: ${option}`);
  return found;
}

/** A column as a concept. */
export function conceptOf({ name, kind, range, categories }: Column & { name: string }): Concept {
  return { name, unit: '', kind, range, ...(categories && { categories }) };
}
