import { BadFileError } from './bad-file';

/** Rows of a CSV text, cell by cell. */
export interface CsvRows {
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which each row begins, counted from 1. */
  readonly lines: readonly number[];
}

/**
 * Cells of a CSV text (RFC 4180), without the blanks around them; lines without any cell are left
 * out. A cell in quotes may hold separators, line ends and doubled quotes.
 * @param text With `\n` at the ends of lines.
 * @param firstLine Number of the text's first line.
 * @param most Stop after so many rows. Default: all.
 * @throws BadFileError naming the line of a quote that is never closed, or stands within a cell.
 */
export function parseCsv(
  text: string,
  separator: string,
  file: string,
  firstLine = 1,
  most = Infinity,
): CsvRows {
  const rows: string[][] = [];
  const lines: number[] = [];
  let line = firstLine;
  let at = 0;
  while (at < text.length && rows.length < most) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    const plain = text.slice(at, end);
    const start = line;
    let cells: string[];
    if (plain.includes('"')) {
      const row = quotedRow(text, at, separator, file, line);
      cells = row.cells;
      line += row.newLines;
      end = row.end;
    } else {
      cells = plain.split(separator);
      for (let c = 0; c < cells.length; c++) cells[c] = cells[c]!.trim();
    }
    at = end + 1;
    line++;
    if (cells.every((cell) => cell === '')) continue;
    rows.push(cells);
    lines.push(start);
  }
  return { rows, lines };
}

/** One row with quotes in it, which may go over several lines. */
function quotedRow(
  text: string,
  from: number,
  separator: string,
  file: string,
  firstLine: number,
): { cells: string[]; newLines: number; end: number } {
  const cells: string[] = [];
  let newLines = 0;
  let at = from;
  for (;;) {
    while (text[at] === ' ' || (text[at] === '\t' && separator !== '\t')) at++;
    let cell = '';
    if (text[at] === '"') {
      const opened = firstLine + newLines;
      for (;;) {
        const close = text.indexOf('"', at + 1);
        if (close < 0) throw new BadFileError(file, opened, 'has a quote that is never closed.');
        const part = text.slice(at + 1, close);
        newLines += part.split('\n').length - 1;
        cell += part;
        at = close + 1;
        if (text[at] !== '"') break;
        cell += '"';
      }
      while (text[at] === ' ' || (text[at] === '\t' && separator !== '\t')) at++;
      if (at < text.length && text[at] !== separator && text[at] !== '\n') {
        throw new BadFileError(
          file,
          firstLine + newLines,
          'has text after the closing quote of a cell: a quote within a cell is written twice.',
        );
      }
    } else {
      const start = at;
      while (at < text.length && text[at] !== separator && text[at] !== '\n') at++;
      cell = text.slice(start, at).trim();
      if (cell.includes('"')) {
        throw new BadFileError(
          file,
          firstLine + newLines,
          `has a quote amid the cell ${cell.slice(0, 60)}: put the whole cell in quotes, and each quote in it twice.`,
        );
      }
    }
    cells.push(cell);
    if (at >= text.length || text[at] === '\n') return { cells, newLines, end: at };
    at++;
  }
}
