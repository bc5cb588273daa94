import { SingleBar } from 'cli-progress';
import { checkKeys, checkNumber } from '@causal/options';
import type { Callback, LogEntry, Run } from '../callback';
import { BAR, clock, Pace } from './pace';

export interface ProgressBarOptions {
  /** Where to write. Default standard error. */
  readonly stream?: NodeJS.WriteStream;
  /** Loss terms to show, by name. Default: the total and the next three. */
  readonly terms?: readonly string[];
  /** Where there is no terminal: seconds before the first line, ≥ 0. Default 5. */
  readonly after?: number;
  /** Where there is no terminal: seconds between two lines, ≥ 0. Default 5. */
  readonly every?: number;
  /** Where there is no terminal: whether a run that ends before the first line is told. Default true. */
  readonly short?: boolean;
}

/**
 * On a terminal a bar with steps per second, loss terms and the time left; elsewhere a plain line
 * now and then, and the last.
 */
export function progressBar(options: ProgressBarOptions = {}): Callback {
  const { stream = process.stderr, terms, after = 5, every = 5, short = true } = options;
  checkKeys(options, ['stream', 'terms', 'after', 'every', 'short'], 'progressBar');
  checkNumber(after, 'after', 'progressBar', { least: 0 });
  checkNumber(every, 'every', 'progressBar', { least: 0 });
  let bar: SingleBar | undefined;
  let speed: Speed;
  let entry: LogEntry | undefined;
  let lines: Pace;
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
      lines = new Pace(after, every, short);
      if (stream.isTTY || short) warn(run);
      if (!stream.isTTY) return;
      bar = new SingleBar({
        stream,
        ...BAR,
        format: '{bar} {value}/{total} | {speed} | {left} | {terms}',
      });
      bar.start(run.steps, run.step, payload(run));
    },
    onStep(run) {
      bar?.update(run.step, payload(run));
    },
    onLog(next, run) {
      entry = next;
      if (bar !== undefined || lines.begun) warn(run);
      if (bar !== undefined || !lines.due(next.step === run.steps)) return;
      warn(run);
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
