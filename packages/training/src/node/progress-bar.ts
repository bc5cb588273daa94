import { SingleBar } from 'cli-progress';
import type { Callback, LogEntry, Run } from '../callback';

export interface ProgressBarOptions {
  /** Where to write. Default standard error. */
  readonly stream?: NodeJS.WriteStream;
  /** Loss terms to show, by name. Default: the total and the next three. */
  readonly terms?: readonly string[];
}

/**
 * On a terminal a bar with steps per second, loss terms and the time left; elsewhere one plain line
 * at most every five seconds, and the last.
 */
export function progressBar(options: ProgressBarOptions = {}): Callback {
  const { stream = process.stderr, terms } = options;
  let bar: SingleBar | undefined;
  let speed: Speed;
  let entry: LogEntry | undefined;
  let toldAt = 0;
  let warned = 0;

  /** Writes new warnings as lines of their own, above the bar. */
  const warn = (run: Run): void => {
    if (run.warnings.length === warned) return;
    if (bar !== undefined) stream.write('\r\u001b[K');
    for (; warned < run.warnings.length; warned++) {
      stream.write(`warning: ${run.warnings[warned]}\n`);
    }
  };

  const payload = (run: Run): Record<string, string> => ({
    speed: `${speed.stepsPerSecond(run).toFixed(1)} steps/s`,
    left: `${clock(speed.secondsLeft(run))} left`,
    terms: entry === undefined ? '' : termText(entry, terms),
  });

  return {
    name: 'progress-bar',
    onStart(run) {
      speed = new Speed(run);
      toldAt = performance.now();
      warn(run);
      if (!stream.isTTY) return;
      bar = new SingleBar({
        stream,
        format: '{bar} {value}/{total} | {speed} | {left} | {terms}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 24,
        hideCursor: true,
        // A run that fails or is interrupted prints below the bar, and the cursor comes back.
        gracefulExit: false,
      });
      bar.start(run.steps, run.step, payload(run));
    },
    onStep(run) {
      bar?.update(run.step, payload(run));
    },
    onLog(next, run) {
      entry = next;
      warn(run);
      if (bar !== undefined) return;
      const last = next.step === run.steps;
      if (!last && performance.now() - toldAt < 5000) return;
      toldAt = performance.now();
      const { speed: pace, left, terms: text } = payload(run);
      stream.write(`step ${next.step}/${run.steps} | ${pace} | ${left} | ${text}\n`);
    },
    onEnd(_outcome, run) {
      bar?.update(run.step, payload(run));
      bar?.stop();
      bar = undefined;
    },
  };
}

/** Steps per second of this session, over its last part so that it follows changes. */
class Speed {
  readonly #marks: { step: number; at: number }[];

  constructor(run: Run) {
    this.#marks = [{ step: run.step, at: performance.now() }];
  }

  stepsPerSecond(run: Run): number {
    const now = performance.now();
    const last = this.#marks.at(-1)!;
    if (now - last.at > 1000) this.#marks.push({ step: run.step, at: now });
    if (this.#marks.length > 15) this.#marks.shift();
    const first = this.#marks[0]!;
    return now > first.at ? ((run.step - first.step) * 1000) / (now - first.at) : 0;
  }

  secondsLeft(run: Run): number {
    return (run.steps - run.step) / this.stepsPerSecond(run);
  }
}

function termText(entry: LogEntry, wanted: readonly string[] | undefined): string {
  const names = wanted ?? Object.keys(entry.terms).slice(0, 4);
  return names
    .filter((name) => entry.terms[name] !== undefined)
    .map((name) => `${name} ${Number(entry.terms[name]!.toPrecision(3))}`)
    .join(' ');
}

/** 75 → `1:15`, 3675 → `1:01:15`. */
function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return '--:--';
  const all = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
}
