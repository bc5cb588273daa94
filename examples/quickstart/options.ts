import { parseArgs } from 'node:util';
import type { EngineName } from '@causal/backend';
import { nearestName } from '@causal/options';

export interface QuickstartOptions {
  readonly seed: number;
  readonly steps?: number;
  readonly epochs?: number;
  readonly size: number;
  readonly out: string;
  readonly engine: EngineName | 'auto';
  readonly resume: boolean;
  readonly overwrite: boolean;
  readonly short: boolean;
}

export const HELP = `npm run quickstart -- [options]
  --seed N        decides everything that is drawn (default 1)
  --steps N       training steps (default 900); or
  --epochs N      passes over the training pictures
  --size N        pictures of N × N pixels (default 48; others train an annotator first)
  --out DIR       where results go (default runs/quickstart)
  --engine NAME   auto, tensorflow, onnxruntime, webgpu, wasm or cpu (default auto)
  --resume        go on with an interrupted run in --out
  --overwrite     start again, dropping an unfinished run in --out
  --short         a few steps on few pictures, to see that everything runs
  --help          this text`;

const DEFAULT_STEPS = 900;
const ENGINES = ['auto', 'tensorflow', 'onnxruntime', 'webgpu', 'wasm', 'cpu'];

/** @throws Error that names the option and says what was expected; null where help is asked for. */
export function readOptions(args: readonly string[]): QuickstartOptions | null {
  const { values } = parseArgs({
    args: known(args),
    options: {
      seed: { type: 'string', default: '1' },
      steps: { type: 'string' },
      epochs: { type: 'string' },
      size: { type: 'string', default: '48' },
      out: { type: 'string', default: 'runs/quickstart' },
      engine: { type: 'string', default: 'auto' },
      resume: { type: 'boolean', default: false },
      overwrite: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  if (values.steps !== undefined && values.epochs !== undefined) {
    throw new Error('--steps and --epochs both say how long to train: give one of them.');
  }
  if (!ENGINES.includes(values.engine)) {
    throw new Error(`--engine ${values.engine}: expected one of ${ENGINES.join(', ')}.`);
  }
  const length =
    values.epochs !== undefined
      ? { epochs: whole('epochs', values.epochs, 1) }
      : { steps: whole('steps', values.steps ?? String(values.short ? 20 : DEFAULT_STEPS), 1) };
  return {
    seed: whole('seed', values.seed, 0),
    ...length,
    size: whole('size', values.size, 16),
    out: values.out,
    engine: values.engine as QuickstartOptions['engine'],
    resume: values.resume,
    overwrite: values.overwrite,
    short: values.short,
  };
}

const NAMES = [...HELP.matchAll(/^  --(\w+)/gm)].map((match) => match[1]!);

/** @throws Error where an option is not one of HELP, naming the nearest. */
function known(args: readonly string[]): string[] {
  for (const arg of args) {
    const name = /^--(\w[\w-]*)/.exec(arg)?.[1];
    if (name === undefined || NAMES.includes(name)) continue;
    const near = nearestName(name, NAMES);
    throw new Error(
      `Unknown option --${name}.${near ? ` Did you mean --${near}?` : ''} See --help for all.`,
    );
  }
  return [...args];
}

function whole(name: string, text: string, atLeast: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < atLeast) {
    throw new Error(`--${name} ${text}: expected a whole number of at least ${atLeast}.`);
  }
  return value;
}
