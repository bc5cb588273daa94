import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadFileError } from './bad-file';
import { imageFolder, type ImageFolderOptions } from './image-folder';

/** Labels of files as people save them; pictures are never opened here. */
describe('the labels of imageFolder', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'labels-'));
    mkdirSync(join(dir, 'sub'));
    for (let k = 0; k < 60; k++) writeFileSync(join(dir, `p${k}.png`), '');
    for (const name of ['sub/a.png', 'cafe\u0301.png', 'B.PNG']) writeFileSync(join(dir, name), '');
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const open = (
    text: string | Buffer,
    options: ImageFolderOptions = {},
  ): ReturnType<typeof imageFolder> => {
    writeFileSync(join(dir, 'l.csv'), text);
    const table = text.toString();
    const sizes = /\bsplit\b/.test(table) ? {} : { train: 0.9999, test: 0 };
    return imageFolder(dir, 'l.csv', { ...sizes, ...options });
  };
  /** One column of cells, in quotes. */
  const csv = (cells: readonly string[]): string =>
    ['file,x', ...cells.map((cell, k) => `p${k}.png,"${cell}"`)].join('\n');
  /** The labels in the order of the cells. */
  const values = (cells: readonly string[], options: ImageFolderOptions = {}): number[] => {
    const data = open(csv(cells), options);
    const found = new Map(
      data.files('train').map((file, k) => [file, data.labels('train')[k]![0]!]),
    );
    return cells.map((_, k) => found.get(join(dir, `p${k}.png`))!);
  };
  const concept = (cells: readonly string[], options: ImageFolderOptions = {}): object =>
    open(csv(cells), options).concepts[0]!;

  describe('missing ones', () => {
    it.each(['', ' ', 'NA', 'n/a', 'N/A', 'NaN', '-nan', 'null', 'None', '?', '-', '#N/A'])(
      "'%s' is one",
      (marker) => {
        expect(values(['12', '3', marker, '40.5'])).toEqual([12, 3, NaN, 40.5]);
        expect(concept(['12', '3', marker])).toMatchObject({ kind: 'continuous', range: [3, 12] });
        expect(concept(['1', '0', marker])).toMatchObject({ kind: 'binary', range: [0, 1] });
        expect(values(['yes', marker, 'no'])).toEqual([1, NaN, 0]);
        expect(values(['round', marker, 'flat'])).toEqual([1, NaN, 0]);
      },
    );

    it('are what the option says, numbers by their value', () => {
      expect(values(['1', '-999', '-999.0', '2'], { missing: ['-999'] })).toEqual([1, NaN, NaN, 2]);
      expect(() => values(['1', 'NA', '2'], { missing: ['-999'] })).toThrow("row 3: x is 'NA'");
      expect(() => values(['1', '', '2'], { missing: [] })).toThrow(
        "row 3: x is '', expected a value; if it means a missing label, add '' to { missing }",
      );
      const none = { categories: { x: ['none', 'some'] } };
      expect(values(['some', 'none', 'NA'], none)).toEqual([1, 0, NaN]);
    });

    it('reach batches as NaN, and weights see them', () => {
      const seen: number[] = [];
      const weigh = { weights: ([x]: readonly number[]): number => (seen.push(x!), 1) };
      open(csv(['1', 'NA', '3']), weigh);
      expect(seen.filter(Number.isNaN)).toHaveLength(1);
    });
  });

  describe('numbers', () => {
    it.each([
      '1,5',
      '50%',
      '1,234.5',
      '$7',
      '0x1F',
      '7 cm',
      '1e',
      'inf',
      '-Infinity',
      '#DIV/0!',
      '−5',
      "1'000",
      '<5',
      'many',
      '1_000',
      '٣',
    ])("with a cell '%s' are refused, naming row and column", (cell) => {
      const cells = ['12', '3', '100', '40', cell, '7'];
      expect(() => open(csv(cells))).toThrow(BadFileError);
      expect(() => open(csv(cells))).toThrow(`l.csv, row 6: x is '${cell}', expected a number`);
      expect(() => open(csv(cells))).toThrow("kinds: { x: 'categorical' }");
    });

    it.each([
      [['0,25', '1,75', '3,25'], "say { decimal: ',' }"],
      [['1,234', '5,678'], 'without separators of thousands'],
      [['50%', '25%', '5%'], 'without the sign'],
      [['7 cm', '8 cm', '9.5 cm'], 'write it as a plain number'],
      [['0x1F', '0x2A'], 'write it as a plain number'],
    ])('in another notation, %j, are refused', (cells, message) => {
      expect(() => open(csv(cells))).toThrow(`row 2: x is '${cells[0]}'`);
      expect(() => open(csv(cells))).toThrow(message);
      expect(concept(cells, { kinds: { x: 'categorical' } })).toMatchObject({
        kind: 'categorical',
        categories: [...cells].sort(),
      });
    });

    it('may have decimal commas where that is said', () => {
      const decimal = { decimal: ',' } as const;
      expect(values(['0,25', '-1,75', '3', ',5', '1,5e2', 'NA'], decimal)).toEqual([
        0.25,
        -1.75,
        3,
        0.5,
        150,
        NaN,
      ]);
      expect(() => values(['0,25', '1.5'], decimal)).toThrow("say { decimal: '.' }");
      expect(() => values(['0,25', '1.234,5'], decimal)).toThrow('row 3');
    });

    it.each(['1e400', '-1e400', '1e39'])("beyond float32, '%s', are refused", (cell) => {
      expect(() => open(csv(['1', cell]))).toThrow(
        `row 3: x is '${cell}', expected a finite number`,
      );
    });

    it('are not what ids, ranges and names are', () => {
      expect(concept(['1a', '2b', '3c'])).toMatchObject({ kind: 'categorical' });
      expect(concept(['0-9', '10-19', '0-9'])).toMatchObject({ categories: ['0-9', '10-19'] });
      const names = Array.from({ length: 30 }, (_, k) => `name ${k}`);
      expect(() => open(csv(names))).toThrow('x has 30 different texts in 30 rows, as names have');
      expect(concept(names, { kinds: { x: 'categorical' } })).toMatchObject({ range: [0, 29] });
    });

    it('and words of truth do not mix', () => {
      expect(values(['TRUE', 'false', '1', '0'])).toEqual([1, 0, 1, 0]);
      expect(() => open(csv(['yes', '2', '3']))).toThrow("x is 'yes', expected a number");
      expect(concept(['yes', 'no', 'maybe'])).toMatchObject({
        categories: ['maybe', 'no', 'yes'],
      });
    });
  });

  describe('categories', () => {
    it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
      "may be called '%s'",
      (name) => {
        expect(values([name, 'other', name, 'other'])).toEqual(
          name < 'other' ? [0, 1, 0, 1] : [1, 0, 1, 0],
        );
        const table = `file,${name}\np0.png,1\np1.png,2\n`;
        expect(open(table).concepts).toMatchObject([{ name, kind: 'continuous', range: [1, 2] }]);
        const own = Object.fromEntries([[name, ['b', 'a']]]) as Record<string, string[]>;
        const given = open(`file,${name}\np0.png,a\np1.png,b\n`, { categories: own });
        expect(given.concepts).toMatchObject([{ name, categories: ['b', 'a'] }]);
      },
    );

    it('have the order that is given, else that of the alphabet or of their numbers', () => {
      const sizes = ['small', 'medium', 'large'];
      const cells = ['large', 'small', 'medium', 'NA'];
      expect(values(cells)).toEqual([0, 2, 1, NaN]);
      expect(values(cells, { categories: { x: sizes } })).toEqual([2, 0, 1, NaN]);
      expect(concept(cells, { categories: { x: sizes } })).toEqual({
        name: 'x', unit: '', kind: 'ordinal', range: [0, 2], categories: sizes,
      }); // prettier-ignore
      const told = { categories: { x: sizes }, kinds: { x: 'categorical' } } as const;
      expect(concept(cells, told)).toMatchObject({ kind: 'categorical', categories: sizes });
      const two = { categories: { x: ['f', 'm'] }, kinds: { x: 'binary' } } as const;
      expect(concept(['m', 'f'], two)).toMatchObject({ kind: 'binary', range: [0, 1] });
      const digits = { kinds: { x: 'categorical' } } as const;
      expect(concept(['10', '9', '2'], digits)).toMatchObject({ categories: ['2', '9', '10'] });
      // Composed and decomposed letters are the same.
      expect(concept(['caf\u00e9', 'cafe\u0301'])).toMatchObject({ categories: ['caf\u00e9'] });
    });

    it('that do not fit are refused', () => {
      const of = (x: readonly string[]): ImageFolderOptions => ({ categories: { x } });
      expect(() => values(['a', 'c'], of(['a', 'b']))).toThrow(
        "row 3: x is 'c', which is none of the categories given: a, b",
      );
      expect(() => values(['a'], of(['a']))).toThrow('at least two different texts');
      expect(() => values(['a'], of(['a', 'a']))).toThrow('at least two different texts');
      expect(() => values(['a'], { categories: { y: ['a', 'b'] } })).toThrow(
        'imageFolder: categories: unknown option `y`',
      );
      expect(() => values(['a'], { ...of(['a', 'b', 'c']), kinds: { x: 'binary' } })).toThrow(
        "are 3 texts, but its kind is 'binary'",
      );
      expect(() => values(['low', 'high'], { kinds: { x: 'ordinal' } })).toThrow(
        'give their order: { categories: { x: [',
      );
    });
  });

  describe('files of labels', () => {
    const two = (text: string | Buffer, options = {}): unknown => {
      const data = open(text, options);
      return [data.concepts.map((c) => c.name), [...data.labels('train')].sort()];
    };
    const WANTED = [['x', 'y'], [[0.5, 1], [2.5, 3]]]; // prettier-ignore

    it('may be separated by commas, semicolons, tabs and bars, and end lines in any way', () => {
      for (const separator of [',', ';', '\t', '|']) {
        for (const end of ['\n', '\r\n', '\r']) {
          const rows = ['file,x,y', 'p0.png,0.5,1', 'p1.png,2.5,3', ''].join(end);
          const text = rows.replaceAll(',', separator);
          expect(two(text)).toEqual(WANTED);
          expect(two(`\uFEFF${text}`)).toEqual(WANTED);
          expect(two(text, { separator })).toEqual(WANTED);
        }
      }
      expect(two('file;x;y\np0.png;0,5;1\np1.png;2,5;3\n', { decimal: ',' })).toEqual(WANTED);
      expect(two('sep=;\nfile;x;y\np0.png;0.5;1\np1.png;2.5;3\n')).toEqual(WANTED);
      expect(two('file:x:y\np0.png:0.5:1\np1.png:2.5:3', { separator: ':' })).toEqual(WANTED);
      expect(() => two('file,x;y\np0.png,0.5;1\n')).toThrow(
        "whether ',' or ';' separates its cells",
      );
      expect(two('file,x,y;z\np0.png,0.5,1\np1.png,2.5,3\n')).toEqual([['x', 'y;z'], WANTED[1]]);
    });

    it('may have empty columns and rows at their ends, and cells of several lines', () => {
      expect(two('file,x,y,\np0.png,0.5,1,\np1.png,2.5,3,,\n,,,\n\n')).toEqual(WANTED);
      expect(two('"file","x","y"\n"p0.png","0.5","1"\n"p1.png"," 2.5 ",3')).toEqual(WANTED);
      const noted = open('file,note,x\np0.png,"two\r\nlines",1\np1.png,b,z\np2.png,b,3\n', {
        concepts: ['note'],
      });
      expect(noted.concepts[0]!.categories).toEqual(['b', 'two\nlines']);
      expect(() => open('file,note,x\np0.png,"two\r\nlines",1\np1.png,b,z\np2.png,b,3\n')).toThrow(
        "row 4: x is 'z'",
      );
      expect(() => open(',file,x\n0,p0.png,1\n')).toThrow(
        'column 1 has no name. (Of an index column',
      );
    });

    it('in other encodings are refused, or read where it is said', () => {
      const table = 'file,x\np0.png,caf\u00e9\np1.png,caf\u00e8\np2.png,caf\u00e9\n';
      const bytes = Buffer.from(table, 'latin1');
      expect(() => open(bytes)).toThrow("l.csv, row 2: is not UTF-8: say { encoding: 'latin1' }");
      const read = open(bytes, { encoding: 'latin1' });
      expect(read.concepts[0]!.categories).toEqual(['caf\u00e8', 'caf\u00e9']);
      const wide = Buffer.from(`\uFEFF${table}`, 'utf16le');
      expect(open(wide).concepts[0]!.categories).toHaveLength(2);
      expect(() => open(wide.subarray(2))).toThrow("try { encoding: 'utf-16le' }");
      expect(open(wide.subarray(2), { encoding: 'utf-16le' }).size('train')).toBe(3);
    });

    it('that are not there in truth are said to be so', () => {
      expect(() => open('version https://git-lfs.example/spec/v1\noid sha256:0\n')).toThrow(
        'l.csv: is a pointer of Git LFS',
      );
      expect(() => open('file,x\n')).toThrow('has no rows of labels');
      expect(() => open('')).toThrow('is empty');
    });

    it('name files as any system does', () => {
      const names = ['./p0.png', '.\\p1.png', 'sub\\a.png', '.\\sub\\..\\p2.png', 'caf\u00e9.png'];
      const data = open(['file,x', ...names.map((name, k) => `${name},${k}`)].join('\n'));
      expect([...data.files('train')].sort()).toEqual(
        ['p0.png', 'p1.png', 'sub/a.png', 'p2.png', 'cafe\u0301.png']
          .map((name) => join(dir, name))
          .sort(),
      );
      expect(() => open('file,x\nP0.png,1\n')).toThrow("'P0.png' is not in");
      expect(() => open('file,x\nP0.png,1\n')).toThrow("there is 'p0.png'");
      expect(() => open('file,x\nb.png,1\n')).toThrow("there is 'B.PNG'");
      expect(() => open('file,x\np0,1\n')).toThrow("there is 'p0.png'");
      expect(() => open('file,x\np0.png,1\n.\\p0.png,2\n')).toThrow('was already in row 2');
      for (const outside of ['C:\\a.png', '\\\\host\\a.png', '..\\a.png', 'sub\\..\\..\\a.png']) {
        expect(() => open(`file,x\n${outside},1\n`)).toThrow('is not a file inside');
      }
    });

    it('are read as the options say, or these are refused', () => {
      const table = 'file,split,x\np0.png,Train,1\np1.png,TEST,2\n';
      expect(open(table).size('test')).toBe(1);
      expect(() => open(table, { train: 0.5 })).toThrow("the column 'split' of");
      expect(() => open(table, { concepts: ['file'] })).toThrow('which is the column of files');
      expect(() => open(table, { concepts: ['x', 'x'] })).toThrow("'x', which is there twice");
      expect(() => open(table, { fileColumn: 'fiel' })).toThrow("Did you mean 'file'?");
      expect(() => open(table, { separator: ',,' })).toThrow('`separator` must be one character');
      expect(() => open(table, { decimal: ';' as ',' })).toThrow(
        "`decimal` must be one of '.', ','",
      );
      expect(() => open(table, { encoding: 'latin' as 'latin1' })).toThrow(
        "Did you mean 'latin1'?",
      );
      expect(() => open(table, { missing: 'NA' as never })).toThrow('must be a list of texts');
      expect(() => open(table, { kinds: { y: 'binary' } })).toThrow('unknown option `y`');
      expect(() => open(table, { graph: [[1]] })).toThrow('graph has a cycle');
    });
  });
});
