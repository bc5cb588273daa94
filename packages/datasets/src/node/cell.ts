/** Marks of decimals in numbers. */
export type DecimalMark = '.' | ',';

/** Cells that say that a label is missing, unless others are given. */
export const MISSING: readonly string[] = [
  '', 'NA', 'N/A', '#N/A', '<NA>', 'NaN', 'null', 'none', '?', '-',
]; // prettier-ignore

const NUMBERS = {
  '.': /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
  ',': /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i,
};
const TRUTH: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['false', 0],
  ['yes', 1],
  ['no', 0],
]);

/** A cell as a number (also an infinite one: 1e400), or undefined if it is none. */
export function toNumber(cell: string, decimal: DecimalMark): number | undefined {
  if (!NUMBERS[decimal].test(cell)) return undefined;
  return Number(decimal === ',' ? cell.replace(',', '.') : cell);
}

/** 1 for true and yes, 0 for false and no, letter case apart. */
export function toTruth(cell: string): number | undefined {
  return TRUTH.get(cell.toLowerCase());
}

/** Which cells are missing: those that are one of the markers, letter case apart, or equal numbers. */
export function missingTest(
  markers: readonly string[],
  decimal: DecimalMark,
): (cell: string) => boolean {
  const texts = new Set<string>();
  const numbers = new Set<number>();
  for (const marker of markers) {
    const text = marker.trim().normalize('NFC').toLowerCase();
    texts.add(text);
    // `-nan` is how some programs print it.
    if (text === 'nan') texts.add('-nan').add('+nan');
    const number = toNumber(text, decimal);
    if (number !== undefined) numbers.add(number);
  }
  return (cell) => {
    if (texts.has(cell.toLowerCase())) return true;
    if (numbers.size === 0) return false;
    const number = toNumber(cell, decimal);
    return number !== undefined && numbers.has(number);
  };
}

const AS_NUMBER =
  /^[<>~≈±+\-−–]?\s*[$€£¥₹]?\s*[+\-−]?\p{Nd}[\p{Nd}.,'’_\s]*(e[+-]?\d+)?\s*(?<unit>[%‰°$€£¥₹]|°?\p{L}{1,3})?$/iu;
const OTHER_NOTATION =
  /^[+-]?(0x[\da-f]+|0b[01]+|inf|infinity|1\.#\w+|#(div\/0|value|num|ref|name)[!?])$/i;

/**
 * The unit behind what a reader would take for a number in another notation (`1,5`, `50%`, `$3`,
 * `1,234.5`, `0x1F`, `7 cm`), empty where there is none; undefined for other text.
 */
export function unitOf(cell: string): string | undefined {
  if (OTHER_NOTATION.test(cell)) return '';
  return AS_NUMBER.exec(cell) ? (AS_NUMBER.exec(cell)!.groups!['unit'] ?? '') : undefined;
}

/** What to do about a cell that is no number where numbers are expected. */
export function howToMend(cell: string, decimal: DecimalMark): string {
  if (/^[+-]?\d{1,3}(,\d{3})+\.\d+$/.test(cell) || /^[+-]?\d{1,3}(,\d{3}){2,}$/.test(cell)) {
    return 'write numbers without separators of thousands';
  }
  if (decimal === '.' && /^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(cell)) {
    return "say { decimal: ',' } if the comma is the decimal mark, else write numbers without separators of thousands";
  }
  if (decimal === ',' && /^[+-]?\d*\.\d+(e[+-]?\d+)?$/i.test(cell)) {
    return "say { decimal: '.' } if the point is the decimal mark, else write numbers without separators of thousands";
  }
  if (/%$/.test(cell)) return 'write percentages as plain numbers, without the sign';
  return 'write it as a plain number';
}
