import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from './plan';
import { type Prepared, preparePart, readPrepared, writePrepared } from './prepared';

/** Pictures in one part: some seconds of work. */
const PART = 250;

/**
 * Pictures are made in parts, each a file of its own, by as many processes as take part: whoever
 * creates a part's claim makes it. A part that is there stays, so that a run that was ended goes on
 * where it stopped.
 */
export class Parts {
  readonly count: number;

  constructor(
    readonly folder: string,
    readonly plan: Plan,
  ) {
    this.count = Math.ceil(plan.pictures.length / PART);
  }

  /** Makes the folder, and forgets the claims of runs that were ended. */
  open(): void {
    mkdirSync(this.folder, { recursive: true });
    for (const name of readdirSync(this.folder)) {
      if (name.endsWith('.claim')) rmSync(join(this.folder, name), { force: true });
    }
  }

  /** The number of pictures before a part. */
  from(part: number): number {
    return Math.min(part * PART, this.plan.pictures.length);
  }

  /** A part that was made, here or elsewhere. */
  read(part: number): Prepared | undefined {
    return readPrepared(this.#file(part), this.from(part + 1) - this.from(part));
  }

  /**
   * Whether the part is this process's to make.
   * @throws where the folder is gone: all is done.
   */
  claim(part: number): boolean {
    if (existsSync(this.#file(part))) return false;
    try {
      closeSync(openSync(`${this.#file(part)}.claim`, 'wx'));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  make(part: number): Prepared {
    const made = preparePart(this.plan, this.from(part), this.from(part + 1));
    writePrepared(this.#file(part), made);
    return made;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #file(part: number): string {
    return join(this.folder, `${part}.bin`);
  }
}
