import { checkKeys, checkNumber } from '@causal/options';
import { SingleBar } from 'cli-progress';
import { RARELY, type ProgressReporter, type ProgressReporterOptions } from '../progress';
import { BAR, clock, Pace } from './pace';

/** The stage that goes on. */
interface Stage {
  readonly name: string;
  readonly started: number;
  readonly bar: SingleBar | undefined;
  readonly lines: Pace;
}

/** See `progressReporter` of `@causal/training`. */
export function stageReporter(options: ProgressReporterOptions = {}): ProgressReporter {
  checkKeys(options, ['progress', 'stream'], 'progressReporter');
  const { progress, stream = process.stderr } = options;
  if (progress === false) return { stage() {}, end() {} };
  const { after, every, short } = progress ? { after: 5, every: 5, short: true } : RARELY;
  let now: Stage | undefined;
  let over: string | undefined;

  function begin(name: string): Stage {
    let bar: SingleBar | undefined;
    if (stream.isTTY) {
      bar = new SingleBar({ ...BAR, stream, format: '{bar} {percentage} % | {left} | {stage}' });
      bar.start(100, 0, { stage: name, left: left(0, 0) });
    }
    return { name, started: performance.now(), bar, lines: new Pace(after, every, short) };
  }

  function end(): void {
    now?.bar?.stop();
    over = now?.name ?? over;
    now = undefined;
  }

  return {
    stage(name, share) {
      checkNumber(share, 'share', 'progressReporter: stage(name, share)', { least: 0, most: 1 });
      // Some say twice that they are done.
      if (share === 1 && over === name && now === undefined) return;
      if (now?.name !== name) {
        end();
        now = begin(name);
      }
      const seconds = (performance.now() - now.started) / 1000;
      const told = left(share, seconds);
      now.bar?.update(Math.floor(share * 100), { stage: name, left: told });
      if (now.bar === undefined && now.lines.due(share === 1)) {
        const percent = `${Math.floor(share * 100)} %`;
        stream.write(
          `${name} ${share === 1 ? `done in ${clock(seconds)}` : `${percent} | ${told}`}\n`,
        );
      }
      if (share === 1) end();
    },
    end,
  };
}

const left = (share: number, seconds: number): string =>
  `${clock(share > 0 ? (seconds * (1 - share)) / share : Infinity)} left`;
