import { OptionsError, show } from '@causal/options';
import { numberOption } from '../checks';
import type { BentPenalty } from './bent-penalty';
import { barrier } from './linear/barrier';

/** What both forms of DAGMA are told of their stages and of Adam. */
interface StageNumbers {
  readonly lambda1: number;
  /** Stages T. */
  readonly stages: number;
  /** μ of the first stage and its factor from stage to stage. */
  readonly mu: number;
  readonly muFactor: number;
  /** s of each stage, the last one repeated. */
  readonly s: readonly number[];
  /** Most steps of a stage, and of the last. */
  readonly warmSteps: number;
  readonly maxSteps: number;
  readonly learningRate: number;
}

/** @throws RangeError for a number out of its range, naming it. */
export function stageSettings(
  options: { readonly [Key in keyof StageNumbers]?: StageNumbers[Key] | undefined },
  defaults: StageNumbers,
  caller: string,
): StageNumbers {
  const checked = numberOption(caller);
  const number = (name: Exclude<keyof StageNumbers, 's'>, least: number, integer = false): number =>
    checked(options[name] ?? defaults[name], name, least, integer);
  const s = options.s ?? defaults.s;
  if (!Array.isArray(s) || s.length === 0) {
    throw new OptionsError(caller, [
      `\`s\` must be an array that names at least one value, got ${show(s)}.`,
    ]);
  }
  return {
    lambda1: number('lambda1', 0),
    stages: number('stages', 1, true),
    mu: number('mu', Number.MIN_VALUE),
    muFactor: number('muFactor', Number.MIN_VALUE),
    s: Array.from(s as readonly number[], (value, i) =>
      checked(value, `s[${i}]`, Number.MIN_VALUE),
    ),
    warmSteps: number('warmSteps', 1, true),
    maxSteps: number('maxSteps', 1, true),
    learningRate: number('learningRate', Number.MIN_VALUE),
  };
}

/**
 * The log-det penalty of a stage that starts at `w`. A warm start can lie outside the domain of the next s:
 * the paper goes back to a larger one.
 */
export function stageBarrier(
  size: number,
  list: readonly number[],
  stage: number,
  w: Float64Array,
): { s: number; penalty: BentPenalty } {
  const unused = new Float64Array(size * size);
  let s = list[Math.min(stage, list.length - 1)]!;
  let penalty = barrier(size, s);
  for (let tries = 1; !Number.isFinite(penalty.value(w, unused)); tries++) {
    if (!(s < Number.MAX_VALUE / 4) || !w.every(Number.isFinite)) {
      throw new RangeError(
        'dagma: the weights have left float64. Look at diagnose(x); columns of extreme scale may need standardize(x).',
      );
    }
    s = tries < 100 ? s + 0.1 : 2 * s;
    penalty = barrier(size, s);
  }
  return { s, penalty };
}
