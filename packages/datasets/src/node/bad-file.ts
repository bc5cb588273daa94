/** A file, or a row of one, that cannot be used. The message names both and what to do. */
export class BadFileError extends Error {
  /** The file that is at fault. */
  readonly file: string;
  /** Line or row within it (counted from 1), where there is one. */
  readonly row: number | undefined;

  constructor(file: string, row: number | undefined, problem: string, options?: ErrorOptions) {
    super(`${file}${row === undefined ? '' : `, row ${row}`}: ${problem}`, options);
    this.name = 'BadFileError';
    this.file = file;
    this.row = row;
  }
}
