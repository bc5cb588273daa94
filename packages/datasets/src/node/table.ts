import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { BadFileError } from './bad-file';

/** A CSV file with a header. */
export interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which each row ends, counted from 1. */
  readonly lines: readonly number[];
}

/** No cell or row of labels is longer than this. */
const LONGEST_ROW = 1 << 20;

/**
 * Reads a CSV file (RFC 4180; byte-order mark and any line ends).
 * @throws BadFileError naming the line of an open quote, a row of another length, a column that is
 * named twice or not at all.
 */
export function readTable(file: string): Table {
  let parsed: { record: string[]; info: { lines: number } }[];
  try {
    parsed = parse(readFileSync(file), {
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: LONGEST_ROW,
    }) as unknown as typeof parsed;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new BadFileError(file, Number(cause['lines']) || undefined, `${cause.message}`, {
      cause,
    });
  }
  const head = parsed.shift();
  if (!head) throw new BadFileError(file, undefined, 'is empty, expected a row of column names.');
  const columns = head.record;
  columns.forEach((name, c) => {
    if (name === '') throw new BadFileError(file, head.info.lines, `column ${c + 1} has no name.`);
    if (columns.indexOf(name) !== c) {
      throw new BadFileError(file, head.info.lines, `column '${name}' is there twice.`);
    }
  });
  for (const { record, info } of parsed) {
    if (record.length === columns.length) continue;
    throw new BadFileError(
      file,
      info.lines,
      `has ${record.length} fields, expected ${columns.length} (${columns.join(', ')}).`,
    );
  }
  return {
    file,
    columns,
    rows: parsed.map((p) => p.record),
    lines: parsed.map((p) => p.info.lines),
  };
}
