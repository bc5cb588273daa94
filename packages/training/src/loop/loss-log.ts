import * as tf from '@tensorflow/tfjs';
import type { LossRow } from './loss-row';

/** A loss was NaN or infinite. */
export class NonFiniteLossError extends Error {
  override readonly name = 'NonFiniteLossError';

  constructor(
    /** The step, counted from 1. */
    readonly step: number,
    /** Name of the first loss term that is not finite (the total only if no other is). */
    readonly term: string,
    readonly value: number,
    /** Where the last good checkpoint lies, if there is one. */
    readonly checkpoint: string | undefined,
  ) {
    super(
      `Loss term "${term}" is ${value} at step ${step}. ` +
        (checkpoint === undefined
          ? 'There is no checkpoint. '
          : `Last good checkpoint: ${checkpoint}. `) +
        'Try a lower learningRate, clipNorm, or look for a log, a division or a root near 0 in that term.',
    );
  }
}

/** Rows of loss values on the host, not yet part of a log entry. */
export interface PendingRows {
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/**
 * Collects the loss values of every step on the engine and reads them all at once, since each read
 * makes a GPU wait. Holds one tensor from the first step on, so that tensor counts stay flat.
 */
export class LossLog {
  #names: readonly string[] = [];
  #host: (readonly number[])[] = [];
  /** Rows [steps, terms]; those already read stay until the next step replaces them. */
  #device: tf.Tensor2D | undefined;
  #unread = 0;

  restore(pending: PendingRows): void {
    this.#names = pending.names;
    this.#host = [...pending.rows];
  }

  /** Takes over the row. */
  add({ names, row }: LossRow): void {
    if (this.#host.length + this.#unread > 0 && names.join() !== this.#names.join()) {
      throw new Error(
        `The model's loss terms changed from ${this.#names.join(', ')} to ${names.join(', ')}: ` +
          'give the same terms at every step (0 where one is off).',
      );
    }
    this.#names = names;
    const asRow = row.as2D(1, row.size);
    row.dispose();
    const before = this.#device;
    if (before === undefined || this.#unread === 0) {
      this.#device = asRow;
    } else {
      this.#device = tf.concat2d([before, asRow], 0);
      asRow.dispose();
    }
    before?.dispose();
    this.#unread++;
  }

  /**
   * Reads what was not read yet.
   * @param step Steps done.
   * @throws NonFiniteLossError for the first step and term that is not finite.
   */
  async read(step: number, checkpoint: string | undefined): Promise<PendingRows> {
    if (this.#unread > 0) {
      const rows = (await this.#device!.array()) as number[][];
      const first = step - rows.length + 1;
      this.#unread = 0;
      rows.forEach((row, i) => {
        // The total is first, and least telling: it is blamed only where no term is at fault.
        const term = row.findIndex((value, at) => at > 0 && !Number.isFinite(value));
        if (term < 0 && Number.isFinite(row[0])) return;
        const at = Math.max(0, term);
        throw new NonFiniteLossError(first + i, this.#names[at]!, row[at]!, checkpoint);
      });
      this.#host.push(...rows);
    }
    return { names: this.#names, rows: this.#host };
  }

  /** The mean of each term since the last call; forgets the rows. */
  async mean(step: number, checkpoint: string | undefined): Promise<Record<string, number>> {
    const { names, rows } = await this.read(step, checkpoint);
    this.#host = [];
    return meanOfRows(names, rows);
  }

  dispose(): void {
    this.#device?.dispose();
    this.#device = undefined;
    this.#unread = 0;
  }
}

export function meanOfRows(
  names: readonly string[],
  rows: readonly (readonly number[])[],
): Record<string, number> {
  return Object.fromEntries(
    names.map((name, i) => [name, rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length]),
  );
}
