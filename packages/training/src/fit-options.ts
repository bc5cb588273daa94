import type { Optimizer } from '@causal/backend';
import { Rng } from '@causal/random';
import { z } from 'zod';
import type { Callback, LogEntry } from './callback';
import type { DataSource } from './data-source';
import { OptionsError, parseOptions } from '@causal/options';
import type { RunStore } from './run-store';
import { constant, cosine, oneCycle, type Schedule } from './schedules';

/** How one player's parameters are changed. */
export interface OptimizerOptions {
  /**
   * Highest learning rate; by group (see `Player.group`) where it is an object. Default 1e-3.
   */
  readonly learningRate?: number | Readonly<Record<string, number>>;
  /** Decay rates of Adam's two moments. Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to Adam's denominator. Default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled weight decay (AdamW). Default 0. */
  readonly weightDecay?: number;
  /** Gradients longer than this, taken together, are shortened to it. Default: none are. */
  readonly clipNorm?: number;
  /** Another optimiser than Adam, with its own options; it stays the caller's to dispose. */
  readonly optimizer?: Optimizer;
}

/** What `onProgress` is told at each log entry. */
export interface Progress extends LogEntry {
  readonly steps: number;
  /** At the present speed. */
  readonly secondsLeft: number;
}

export interface FitOptions<B = unknown> extends OptimizerOptions {
  /** Passes over the data. Give this or `steps`. */
  readonly epochs?: number;
  /** Steps of the optimiser. Give this or `epochs`. */
  readonly steps?: number;
  /** Rows in a batch. Default 64. */
  readonly batchSize?: number;
  /**
   * Learning rate over the run: `'constant'` (default), `'one-cycle'` (10 % warm-up), `'cosine'`, or
   * a function of the step.
   */
  readonly schedule?: 'constant' | 'one-cycle' | 'cosine' | Schedule;
  /** The optimiser of a model's adversary; what is left out is as for the model. */
  readonly adversary?: OptimizerOptions;
  /** Decides the order of the data and every draw of the model. Default 0. */
  readonly seed?: number | string;
  /** Instead of `seed`: a stream of which only the identity is used. Nothing is drawn from it. */
  readonly rng?: Rng;
  /** Folder for config.json, metrics.jsonl and checkpoints/ (Node), or another store. */
  readonly out?: string | RunStore;
  /** Go on with the run in `out` where its newest readable checkpoint left it. Default false. */
  readonly resume?: boolean;
  /** Let a new run take the place of one that is in `out` already. Default false. */
  readonly overwrite?: boolean;
  /** Steps between checkpoints, or a time between them. Default: 30 seconds. */
  readonly checkpointEvery?: number | { readonly steps?: number; readonly seconds?: number };
  /** Newest checkpoints to keep, besides the best. Default 3. */
  readonly keepCheckpoints?: number;
  /** Ends the run with a checkpoint and an `InterruptedError`. */
  readonly signal?: AbortSignal;
  readonly callbacks?: readonly Callback[];
  /** Called at each log entry. */
  readonly onProgress?: (progress: Progress) => void;
  /** A bar on a terminal, plain lines elsewhere (Node). Default: only on a terminal. */
  readonly progress?: boolean;
  /** Steps between log entries; loss values are read from the engine only then. Default 10. */
  readonly logEvery?: number;
  /** Steps between evaluations on the validation data, or `'epoch'`. Default: never. */
  readonly validateEvery?: number | 'epoch';
  /** Data to validate on, where `data` has no splits. */
  readonly validation?: DataSource<B>;
  /** JSON written into config.json beside the options of the loop: the model's own options. */
  readonly config?: unknown;
}

const whole = z.number().int().min(1);
const positive = z.number().positive();
const isFunction = (value: unknown): boolean => typeof value === 'function';
const hasMethods =
  (...names: string[]) =>
  (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');

const optimizerShape = {
  learningRate: z.union([positive, z.record(z.string(), positive)]),
  betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]).readonly(),
  epsilon: positive,
  weightDecay: z.number().min(0),
  clipNorm: positive.optional(),
  optimizer: z
    .custom<Optimizer>(hasMethods('step', 'state', 'restore'), 'an optimiser (see @causal/backend)')
    .optional(),
};

const schema = z.strictObject({
  epochs: whole.optional(),
  steps: whole.optional(),
  batchSize: whole.default(64),
  ...optimizerShape,
  learningRate: optimizerShape.learningRate.default(1e-3),
  betas: optimizerShape.betas.default([0.9, 0.999]),
  epsilon: optimizerShape.epsilon.default(1e-8),
  weightDecay: optimizerShape.weightDecay.default(0),
  schedule: z
    .union([
      z.enum(['constant', 'one-cycle', 'cosine']),
      z.custom<Schedule>(isFunction, 'a function (step, steps) => factor'),
    ])
    .default('constant'),
  adversary: z.strictObject(optimizerShape).partial().optional(),
  seed: z.union([z.number(), z.string()]).default(0),
  rng: z.instanceof(Rng, { error: 'an Rng of @causal/random' }).optional(),
  out: z
    .union([z.string().min(1), z.custom<RunStore>(hasMethods('open'), 'a RunStore')])
    .optional(),
  resume: z.boolean().default(false),
  overwrite: z.boolean().default(false),
  checkpointEvery: z
    .union([whole, z.strictObject({ steps: whole.optional(), seconds: positive.optional() })])
    .default({ seconds: 30 }),
  keepCheckpoints: whole.default(3),
  signal: z
    .custom<AbortSignal>((v) => typeof (v as AbortSignal)?.aborted === 'boolean', 'an AbortSignal')
    .optional(),
  callbacks: z
    .array(
      z.custom<Callback>(
        (v) => typeof (v as Callback)?.name === 'string',
        'a Callback (with a name)',
      ),
    )
    .default([]),
  onProgress: z.custom<(progress: Progress) => void>(isFunction, 'a function').optional(),
  progress: z.boolean().optional(),
  logEvery: whole.default(10),
  validateEvery: z.union([whole, z.literal('epoch')]).optional(),
  validation: z
    .custom<DataSource<never>>(hasMethods('batches'), 'a data source with batches()')
    .optional(),
  config: z.unknown().optional(),
});

/** Options with every default filled in. */
export type ResolvedFitOptions = z.output<typeof schema>;

/** @throws OptionsError */
export function resolveFitOptions<B>(options: FitOptions<B>): ResolvedFitOptions {
  const resolved = parseOptions(schema, options, 'fit(model, data, options)');
  const problems: string[] = [];
  if ((resolved.epochs === undefined) === (resolved.steps === undefined)) {
    problems.push(
      resolved.epochs === undefined
        ? '`epochs` or `steps` is missing: say how long to train.'
        : '`epochs` and `steps` both say how long to train: give one of them.',
    );
  }
  if (resolved.resume && resolved.out === undefined) {
    problems.push('`resume` needs `out`, the folder of the run to go on with.');
  }
  if (resolved.resume && resolved.overwrite) {
    problems.push(
      '`resume` goes on with the run in `out`, `overwrite` drops it: give one of them.',
    );
  }
  for (const [where, given] of [
    ['', options],
    ['adversary.', options.adversary ?? {}],
  ] as const) {
    if (given.optimizer === undefined) continue;
    for (const name of ['betas', 'epsilon', 'weightDecay', 'clipNorm'] as const) {
      if (given[name] === undefined) continue;
      problems.push(
        `\`${where}${name}\` is Adam's, but \`${where}optimizer\` is given: set it where you make that.`,
      );
    }
  }
  const names = resolved.callbacks.map((callback) => callback.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    problems.push(`\`callbacks\` holds two called "${twice}": their saved states would mix.`);
  }
  if (problems.length > 0) throw new OptionsError('fit(model, data, options)', problems);
  return resolved;
}

export function scheduleOf(options: ResolvedFitOptions): Schedule {
  if (typeof options.schedule === 'function') return options.schedule;
  return { constant, 'one-cycle': oneCycle(), cosine: cosine() }[options.schedule];
}

/** The folder or store that keeps a run, as messages name it. */
export function placeOf(out: ResolvedFitOptions['out']): string | undefined {
  return typeof out === 'string' ? out : out?.place;
}

/** The options of the adversary's optimiser: its own, else the model's. */
export function adversaryOptions(options: ResolvedFitOptions): ResolvedFitOptions {
  // An optimiser keeps moments by parameter, so the model's instance is not shared.
  return { ...options, optimizer: undefined, ...options.adversary };
}

/** The options as JSON for config.json: what cannot be written is named. */
export function describeOptions(options: ResolvedFitOptions): Record<string, unknown> {
  const { config, signal, onProgress, progress, callbacks, out, resume, overwrite, ...rest } =
    options;
  void [signal, onProgress, progress, out, resume, overwrite];
  return {
    ...rest,
    ...(config === undefined ? {} : { config }),
    schedule: typeof options.schedule === 'function' ? 'a function' : options.schedule,
    optimizer: options.optimizer === undefined ? 'adam' : 'given by the caller',
    callbacks: callbacks.map((callback) => callback.name),
    validation: options.validation === undefined ? undefined : 'given by the caller',
    rng: options.rng?.state().key,
  };
}
