/** How bars look on a terminal. */
export const BAR = {
  barCompleteChar: '█',
  barIncompleteChar: '░',
  barsize: 24,
  hideCursor: true,
  // A run that fails or is interrupted prints below the bar, and the cursor comes back.
  gracefulExit: false,
} as const;

/** When plain lines are due. */
export class Pace {
  readonly #after: number;
  readonly #every: number;
  readonly #short: boolean;
  readonly #started = performance.now();
  #last: number | undefined;

  /**
   * @param after Seconds before the first line.
   * @param every Seconds between two.
   * @param short Whether the last line is due also where it would be the first.
   */
  constructor(after: number, every: number, short: boolean) {
    this.#after = after;
    this.#every = every;
    this.#short = short;
  }

  /** Whether a line was due already. */
  get begun(): boolean {
    return this.#last !== undefined;
  }

  /** Whether a line is due now; `last`: no other will be. */
  due(last: boolean): boolean {
    const now = performance.now();
    const passed =
      this.#last === undefined
        ? now - this.#started >= this.#after * 1000
        : now - this.#last >= this.#every * 1000;
    if (!passed && !(last && (this.#short || this.begun))) return false;
    this.#last = now;
    return true;
  }
}

/** 75 → `1:15`, 3675 → `1:01:15`. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return '--:--';
  const all = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}
