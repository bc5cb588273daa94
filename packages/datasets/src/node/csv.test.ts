import * as fc from 'fast-check';
import { BadFileError } from './bad-file';
import { parseCsv } from './csv';

const SEPARATORS = [',', ';', '\t', '|'];
/** Cells without blanks around them, which are not kept. */
const cell = fc
  .array(fc.constantFrom('a', 'é', '"', '\n', ' ', ',', ';', '\t', '|', '1', '日'), {
    maxLength: 6,
  })
  .map((letters) => letters.join(''))
  .filter((text) => text.trim() === text);
const written = (text: string, separator: string, quote: boolean): string =>
  quote || /["\n]/.test(text) || text.includes(separator)
    ? `"${text.replaceAll('"', '""')}"`
    : text;

describe('parseCsv', () => {
  it('gives back what was written, and the line on which each row begins', () => {
    const rows = fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 1, maxLength: 4 }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(rows, fc.constantFrom(...SEPARATORS), fc.boolean(), (table, separator, end) => {
        const full = table.filter((row) => row.some(([text]) => text !== ''));
        const texts = full.map((row) =>
          row.map(([text, quote]) => written(text, separator, quote)).join(separator),
        );
        const parsed = parseCsv(texts.join('\n') + (end ? '\n' : ''), separator, 'x.csv');
        expect(parsed.rows).toEqual(full.map((row) => row.map(([text]) => text)));
        let line = 1;
        const starts = texts.map((text) => {
          const start = line;
          line += text.split('\n').length;
          return start;
        });
        expect(parsed.lines).toEqual(starts);
      }),
    );
  });

  it('leaves out blanks around cells and lines without a cell', () => {
    expect(parseCsv('a , "b" ,c\n\n , ,\n"x" , y,', ',', 'x.csv')).toEqual({
      rows: [
        ['a', 'b', 'c'],
        ['x', 'y', ''],
      ],
      lines: [1, 4],
    });
  });

  it.each([
    ['a,b\n1,"2\n3,4\n', 'x.csv, row 2: has a quote that is never closed'],
    ['a,b\n"1"2,3', 'row 2: has text after the closing quote'],
    ['a,b\n1,5" disk', 'row 2: has a quote amid the cell 5" disk'],
    ['a,"b\nc"\n1,"2"x', 'row 3: has text after'],
  ])('refuses %j', (text, message) => {
    expect(() => parseCsv(text, ',', 'x.csv')).toThrow(BadFileError);
    expect(() => parseCsv(text, ',', 'x.csv')).toThrow(message);
  });
});
