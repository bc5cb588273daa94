import type { Optimizer } from '@causal/backend';
import { Rng } from '@causal/random';
import { z } from 'zod';
import type { Callback, LogEntry } from './callback';
import type { DataSource } from './data-source';
import { OptionsError, parseOptions, schemaFor, show } from '@causal/options';
import type { RunStore } from './run-store';
import { constant, cosine, oneCycle, type Schedule } from './schedules';

/** How one player's parameters are changed. */
export interface OptimizerOptions {
  /**
   * Highest learning rate, > 0; by group (see `Player.group`) where it is an object. Default 1e-3.
   */
  readonly learningRate?: number | Readonly<Record<string, number>>;
  /** Decay rates of Adam's two moments, each in [0, 1). Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to Adam's denominator, > 0. Default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled weight decay (AdamW), ≥ 0, a step and unit of learning rate. Default 0. */
  readonly weightDecay?: number;
  /** Gradients longer than this, taken together, are shortened to it, > 0. Default: none are. By group, each
   * group's gradients together, where it is an object. */
  readonly clipNorm?: number | Readonly<Record<string, number>>;
  /** Another optimiser, with its own options; it stays the caller's to dispose. Default: Adam. */
  readonly optimizer?: Optimizer;
}

/** What `onProgress` is told at each log entry. */
export interface Progress extends LogEntry {
  readonly steps: number;
  /** At the present speed. */
  readonly secondsLeft: number;
}

export interface FitOptions<B = unknown> extends OptimizerOptions {
  /** Passes over the data, ≥ 1. No default: give this or `steps`. */
  readonly epochs?: number;
  /** Steps of the optimiser, ≥ 1. No default: give this or `epochs`. */
  readonly steps?: number;
  /** Rows in a batch. Default 64. */
  readonly batchSize?: number;
  /**
   * Learning rate over the run: `'constant'` (default), `'one-cycle'` (10 % warm-up), `'cosine'`, or
   * a function of the step.
   */
  readonly schedule?: 'constant' | 'one-cycle' | 'cosine' | Schedule;
  /** The optimiser of a model's adversary. Default of each option: what the model has. */
  readonly adversary?: OptimizerOptions;
  /** Decides the order of the data and every draw of the model. Default 0. */
  readonly seed?: number | string;
  /** Instead of `seed`: a stream of which only the identity is used; nothing is drawn. Default: none. */
  readonly rng?: Rng;
  /**
   * Folder for config.json, metrics.jsonl and checkpoints/ (Node), or another store. Default: the
   * run is not kept.
   */
  readonly out?: string | RunStore;
  /**
   * Go on with the run in `out` where its newest readable checkpoint left it. It must be the same
   * run: options of the optimiser, seed, data (concepts and labels included), model. Only more
   * `steps` are accepted, where the schedule's rates so far do not depend on their number. Default
   * false.
   */
  readonly resume?: boolean;
  /** Let a new run take the place of one that is in `out` already. Default false. */
  readonly overwrite?: boolean;
  /** Steps between checkpoints, or a time between them. Default: 30 seconds. */
  readonly checkpointEvery?:
    | number
    | {
        /** Steps between checkpoints, ≥ 1. Default: their number does not matter. */
        readonly steps?: number;
        /** Seconds between checkpoints, > 0. Default: their time does not matter. */
        readonly seconds?: number;
      };
  /** Newest checkpoints to keep, besides the best. Default 3. */
  readonly keepCheckpoints?: number;
  /** Ends the run with a checkpoint and an `InterruptedError`. Default: nothing does. */
  readonly signal?: AbortSignal;
  /** What watches the run, in the order of their calls. Default: none. */
  readonly callbacks?: readonly Callback[];
  /** Called at each log entry. Default: nothing is. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * What standard error shows (Node): `true` a bar on a terminal, plain lines elsewhere; `false`
   * nothing. Default: a bar on a terminal; elsewhere a line every ten seconds, so that a run of less
   * shows nothing.
   */
  readonly progress?: boolean;
  /** Steps between log entries; loss values are read from the engine only then. Default 10. */
  readonly logEvery?: number;
  /** Steps between evaluations on the validation data, or `'epoch'`. Default: never. */
  readonly validateEvery?: number | 'epoch';
  /** Data to validate on. Default: the validation split of `data`. */
  readonly validation?: DataSource<B>;
  /** JSON written into config.json beside these options, such as the model's own. Default: none. */
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
  clipNorm: z.union([positive, z.record(z.string(), positive)]).optional(),
  optimizer: z
    .custom<Optimizer>(hasMethods('step', 'state', 'restore'), 'an optimiser (see @causal/backend)')
    .optional(),
};

const schema = schemaFor<FitOptions<never>>()(
  z.strictObject({
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
      .custom<AbortSignal>(
        (v) => typeof (v as AbortSignal)?.aborted === 'boolean',
        'an AbortSignal',
      )
      .optional(),
    callbacks: z
      .array(
        z.custom<Callback>(
          (v) => typeof (v as Callback)?.name === 'string',
          'a Callback (with a name)',
        ),
      )
      .readonly()
      .default([]),
    onProgress: z.custom<(progress: Progress) => void>(isFunction, 'a function').optional(),
    progress: z.boolean().optional(),
    logEvery: whole.default(10),
    validateEvery: z.union([whole, z.literal('epoch')]).optional(),
    validation: z
      .custom<DataSource<never>>(hasMethods('batches'), 'a data source with batches()')
      .optional(),
    config: z.unknown().optional(),
  }),
);

const ARGUMENTS = ['model', 'data', 'options'] as const;

/**
 * Says which argument of `fit` is missing, or is another one.
 * @throws TypeError
 */
export function checkObject(value: unknown, what: string, at: 0 | 1 | 2): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  const came = value === undefined ? 'is missing' : `is ${show(value)}`;
  throw new TypeError(`fit(model, data, options): \`${ARGUMENTS[at]}\` ${came}; expected ${what}.`);
}

/** @throws TypeError where the first argument is no model. */
export function checkModel(model: unknown): void {
  const what = 'an object with parameters() and loss(batch, context)';
  checkObject(model, what, 0);
  const { parameters, loss, batches } = model as Record<string, unknown>;
  if (typeof parameters === 'function' && typeof loss === 'function') return;
  const missing = [
    ...(typeof parameters === 'function' ? [] : ['parameters()']),
    ...(typeof loss === 'function' ? [] : ['loss()']),
  ];
  throw new TypeError(
    `fit(model, data, options): \`model\` must be ${what}; it has no ${missing.join(' and no ')}.` +
      (typeof batches === 'function' ? ' It is a data source: give the model before it.' : ''),
  );
}

/** Options with every default filled in. */
export type ResolvedFitOptions = z.output<typeof schema>;

/** @throws OptionsError */
export function resolveFitOptions<B>(options: FitOptions<B>): ResolvedFitOptions {
  checkObject(options, 'options, such as { epochs: 10 }', 2);
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
  // A clip by the model's groups is not the adversary's.
  const { clipNorm } = options;
  const own = typeof clipNorm === 'object' ? { clipNorm: undefined } : {};
  return { ...options, optimizer: undefined, ...own, ...options.adversary };
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
