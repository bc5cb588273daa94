import { readdirSync } from 'node:fs';
import { isAbsolute, resolve, sep } from 'node:path';
import { BadFileError } from './bad-file';
import type { Table } from './table';

/** A folder's entries by their names with composed letters (NFC). */
type Entries = ReadonlyMap<string, string>;

/**
 * Finds files by the names that a table has for them: `sub/a.png`, `./a.png`, `sub\a.png` and
 * `.\a.png` too, accented letters composed or not (as macOS keeps them). One listing a folder, so
 * that hundreds of thousands of names take a second.
 */
class Folder {
  readonly #root: string;
  readonly #listings = new Map<string, Entries | undefined>();
  readonly #dirs = new Map<string, string | undefined>();

  constructor(dir: string) {
    this.#root = resolve(dir);
  }

  /**
   * The name's full path, whether it is there; undefined if it leads out of the folder.
   * @param name With composed letters.
   */
  find(name: string): { path: string; there: boolean } | undefined {
    const found = this.#look(name);
    if (found?.there || !name.includes('\\')) return found;
    return this.#look(name.replaceAll('\\', '/'));
  }

  /** A file there that differs in letter case or lacks or has an ending; for messages. */
  similar(path: string): string | undefined {
    const cut = path.lastIndexOf(sep);
    const name = path.slice(cut + 1).toLowerCase();
    const names = [...(this.#entries(path.slice(0, cut)) ?? [])].map(([, real]) => real);
    const stem = (text: string): string => text.replace(/\.[^.]*$/, '');
    return (
      names.find((real) => real.toLowerCase() === name) ??
      names.find((real) => stem(real.toLowerCase()) === stem(name))
    );
  }

  #look(name: string): { path: string; there: boolean } | undefined {
    if (/^[a-z]:[\\/]|^[\\/]/i.test(name) || isAbsolute(name)) return undefined;
    const cut = name.lastIndexOf('/');
    const base = name.slice(cut + 1);
    if (base === '' || base === '.' || base === '..') return undefined;
    const dir = this.#dir(name.slice(0, cut + 1));
    if (dir === undefined) return undefined;
    const real = this.#entries(dir)?.get(base);
    return { path: dir + sep + (real ?? base), there: real !== undefined };
  }

  /** The full path of a folder by its name in the table; undefined outside of the root. */
  #dir(name: string): string | undefined {
    if (!this.#dirs.has(name)) this.#dirs.set(name, this.#lookDir(name));
    return this.#dirs.get(name);
  }

  #lookDir(name: string): string | undefined {
    const path = resolve(this.#root, name);
    if (path !== this.#root && !path.startsWith(this.#root + sep)) return undefined;
    let at = this.#root;
    for (const part of path.slice(this.#root.length + 1).split(sep)) {
      if (part !== '') at += sep + (this.#entries(at)?.get(part) ?? part);
    }
    return at;
  }

  #entries(dir: string): Entries | undefined {
    if (!this.#listings.has(dir)) this.#listings.set(dir, listing(dir));
    return this.#listings.get(dir);
  }
}

function listing(dir: string): Entries | undefined {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    return undefined;
  }
  return new Map(names.map((name) => [name.normalize('NFC'), name]));
}

/**
 * The files of a table's rows: inside the folder, each named once, and there.
 * @param mustExist Throw for a file that is not there.
 * @throws BadFileError naming the row.
 */
export function readFileColumn(
  dir: string,
  table: Table,
  column: string,
  mustExist: boolean,
): string[] {
  const folder = new Folder(dir);
  const index = table.columns.indexOf(column);
  const seen = new Map<string, number>();
  return table.rows.map((row, k) => {
    const name = row[index]!;
    const line = table.lines[k]!;
    const found = name === '' || name.includes('\0') ? undefined : folder.find(name);
    if (!found) {
      throw new BadFileError(
        table.file,
        line,
        `'${name}' is not a file inside '${dir}'; names are relative to that folder.`,
      );
    }
    const { path, there } = found;
    const before = seen.get(path);
    if (before !== undefined) {
      throw new BadFileError(table.file, line, `'${name}' was already in row ${before}.`);
    }
    seen.set(path, line);
    if (mustExist && !there) {
      const similar = folder.similar(path);
      const hint = similar === undefined ? '' : `; there is '${similar}'`;
      throw new BadFileError(table.file, line, `'${name}' is not in '${dir}'${hint}.`);
    }
    return path;
  });
}
