import { OptionsError, show } from '@causal/options';
import { BadFileError } from './bad-file';
import { type CsvRows, parseCsv } from './csv';
import { type Encoding, readText } from './text-file';

/** A CSV file with a header. */
export interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which each row begins, counted from 1. */
  readonly lines: readonly number[];
}

export interface TableOptions {
  /** One character between cells. Default: comma, semicolon, tab or bar, whichever the header has. */
  readonly separator?: string;
  /** Default `'utf-8'` (UTF-16 where its byte-order mark says so). */
  readonly encoding?: Encoding;
}

const SEPARATORS = [',', ';', '\t', '|'];
/** Rows looked at where the header alone leaves the separator open. */
const SAMPLE = 50;

/** @throws OptionsError unless it is left out or one character that can separate cells. */
export function checkSeparator(separator: unknown, caller: string): void {
  if (separator === undefined) return;
  if (typeof separator === 'string' && separator.length === 1 && !/["\r\n]/.test(separator)) return;
  throw new OptionsError(caller, [
    `\`separator\` must be one character such as ',', ';' or '\\t', got ${show(separator)}.`,
  ]);
}

/**
 * Reads a CSV file (RFC 4180; byte-order mark and any line ends). Rows and, at the right end,
 * columns without any cell are left out.
 * @throws BadFileError naming the line of an open quote, a row of another length, a column that is
 * named twice or not at all, an undecided separator, other bytes than text.
 */
export function readTable(file: string, options: TableOptions = {}): Table {
  let text = readText(file, options.encoding);
  let { separator } = options;
  // What spreadsheets put first to tell each other the separator.
  const told = /^sep=(.)\n/i.exec(text);
  const firstLine = told ? 2 : 1;
  if (told) {
    text = text.slice(told[0].length);
    separator ??= told[1];
  }
  separator ??= sniff(text, file, firstLine);
  const parsed = parseCsv(text, separator, file, firstLine);
  const [header, ...rows] = parsed.rows as string[][];
  const [headerLine, ...lines] = parsed.lines;
  if (!header) throw new BadFileError(file, undefined, 'is empty, expected a row of column names.');
  while (header.at(-1) === '' && rows.every((row) => !row[header.length - 1])) header.pop();
  header.forEach((name, c) => {
    if (name === '') {
      const index = c === 0 ? ' (Of an index column, say what it is, or write none.)' : '';
      throw new BadFileError(file, headerLine, `column ${c + 1} has no name.${index}`);
    }
    if (header.indexOf(name) !== c) {
      throw new BadFileError(file, headerLine, `column '${name}' is there twice.`);
    }
  });
  rows.forEach((row, k) => {
    while (row.length > header.length && row.at(-1) === '') row.pop();
    if (row.length === header.length) return;
    throw new BadFileError(
      file,
      lines[k],
      `has ${row.length} fields, expected ${header.length} (${header.join(', ')}); they are separated ` +
        `by '${separator}', which stands only in quotes within a cell.`,
    );
  });
  return { file, columns: header, rows, lines };
}

/** The separator that the header has, or that gives all rows of a sample the header's width. */
function sniff(text: string, file: string, firstLine: number): string {
  const width = (separator: string, rows: number): number => {
    let parsed: CsvRows;
    try {
      parsed = parseCsv(text, separator, file, firstLine, rows);
    } catch {
      return 0;
    }
    const widths = new Set(parsed.rows.map((row) => row.length));
    return widths.size === 1 ? [...widths][0]! : 0;
  };
  let possible = SEPARATORS.filter((separator) => width(separator, 1) > 1);
  if (possible.length > 1) {
    const even = possible.filter((separator) => width(separator, SAMPLE) > 1);
    if (even.length > 0) possible = even;
  }
  if (possible.length <= 1) return possible[0] ?? ',';
  throw new BadFileError(
    file,
    firstLine,
    `leaves open whether ${possible.map((s) => (s === '\t' ? 'a tab' : `'${s}'`)).join(' or ')} separates its cells: say { separator }.`,
  );
}
