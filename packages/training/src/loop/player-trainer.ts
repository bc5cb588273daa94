import { adam, type Optimizer } from '@causal/backend';
import * as tf from '@tensorflow/tfjs';
import type { ResolvedFitOptions } from '../fit-options';
import { nearestName, OptionsError } from '@causal/options';
import { groupedOptimizer } from './grouped-optimizer';
import type { Carried, LossContext, Player } from '../trainable';
import { lossRow, type LossRow } from './loss-row';

/** One player with its optimiser. */
export class PlayerTrainer<B> {
  readonly parameters: Readonly<Record<string, tf.Variable>>;
  readonly optimizer: Optimizer;
  readonly #player: Player<B>;
  readonly #trained: Record<string, tf.Variable>;
  readonly #nameOf: ReadonlyMap<string, string>;
  readonly #peak: ReadonlyMap<string, number>;
  readonly #ownOptimizer: boolean;

  constructor(player: Player<B>, options: ResolvedFitOptions) {
    this.#player = player;
    this.parameters = player.parameters();
    this.#trained = Object.fromEntries(
      Object.entries(this.parameters).filter(([, variable]) => variable.trainable),
    );
    if (Object.keys(this.#trained).length === 0) {
      throw new Error('fit: the model has no trainable parameters.');
    }
    this.#nameOf = new Map(Object.entries(this.#trained).map(([name, v]) => [v.name, name]));
    this.#peak = peakRates(player, Object.keys(this.#trained), options.learningRate);
    this.#ownOptimizer = options.optimizer === undefined;
    this.optimizer = options.optimizer ?? optimizerOf(player, Object.keys(this.#trained), options);
  }

  /**
   * Loss and gradients on a batch. The loss values come as a tensor [terms], unread, with their
   * names; these, the gradients and what the loss carried are the caller's to dispose.
   */
  gradients(
    batch: B,
    context: LossContext,
  ): LossRow & { gradients: Record<string, tf.Tensor>; carried: Carried } {
    let named: LossRow | undefined;
    let carried: Carried = {};
    let taken: ReturnType<typeof tf.variableGrads>;
    try {
      taken = tf.tidy(
        () =>
          tf.variableGrads(() => {
            const loss = this.#player.loss(batch, context);
            named = lossRow(loss);
            tf.keep(named.row);
            carried = loss.carried ?? {};
            Object.values(carried).forEach((tensor) => tf.keep(tensor));
            return loss.total;
          }, Object.values(this.#trained)) as unknown as tf.TensorContainer,
      ) as unknown as typeof taken;
    } catch (error) {
      named?.row.dispose();
      tf.dispose(carried as tf.TensorContainer);
      if (/Cannot find a connection/.test((error as Error).message)) {
        throw new Error(
          "fit: the model's loss must depend on its parameters, but it seems to depend on no " +
            'trainable parameter: was something computed with dataSync() or on the host?',
          { cause: error },
        );
      }
      throw error;
    }
    const { value, grads } = taken;
    value.dispose();
    const gradients = Object.fromEntries(
      Object.entries(grads).map(([name, gradient]) => [this.#nameOf.get(name)!, gradient]),
    );
    return { ...named!, gradients, carried };
  }

  /**
   * One step of the optimiser. Disposes the gradients.
   * @param factor What the schedule makes of the learning rate.
   */
  apply(gradients: Record<string, tf.Tensor>, factor: number): void {
    try {
      this.optimizer.step(gradients, this.#trained, {
        learningRate: (name) => this.#peak.get(name)! * factor,
      });
    } finally {
      tf.dispose(gradients);
    }
  }

  dispose(): void {
    if (this.#ownOptimizer) this.optimizer.dispose();
  }
}

/** Adam; one for each group where each has its own clip. */
function optimizerOf(
  player: { group?(parameter: string): string },
  parameters: readonly string[],
  { betas, epsilon, weightDecay, clipNorm }: ResolvedFitOptions,
): Optimizer {
  const make = (clip: number | undefined): Optimizer =>
    adam({
      beta1: betas[0],
      beta2: betas[1],
      epsilon,
      weightDecay,
      ...(clip === undefined ? {} : { clipNorm: clip }),
    });
  if (typeof clipNorm !== 'object') return make(clipNorm);
  const groupOf = (name: string): string => player.group?.(name) ?? 'default';
  const groups = [...new Set(parameters.map(groupOf))];
  checkGroups('clipNorm', Object.keys(clipNorm), groups);
  return groupedOptimizer(
    groupOf,
    Object.fromEntries(groups.map((group) => [group, make(clipNorm[group])])),
  );
}

/** @throws OptionsError where an option names a group that the model does not have. */
function checkGroups(option: string, given: readonly string[], groups: readonly string[]): void {
  const problems = unknownGroups(option, given, groups);
  if (problems.length > 0) throw new OptionsError('fit(model, data, options)', problems);
}

function unknownGroups(
  option: string,
  given: readonly string[],
  groups: readonly string[],
): string[] {
  return given
    .filter((name) => !groups.includes(name))
    .map((name) => {
      const near = nearestName(name, groups);
      return (
        `\`${option}.${name}\`: the model has no such group${near ? `; did you mean \`${near}\`?` : '.'} ` +
        `Its groups: ${groups.join(', ')}.`
      );
    });
}

/** The learning rate of each parameter before the schedule. */
function peakRates(
  player: { group?(parameter: string): string },
  parameters: readonly string[],
  learningRate: number | Readonly<Record<string, number>>,
): Map<string, number> {
  if (typeof learningRate === 'number') {
    return new Map(parameters.map((name) => [name, learningRate]));
  }
  const groupOf = new Map(parameters.map((name) => [name, player.group?.(name) ?? 'default']));
  const groups = new Set(groupOf.values());
  const problems = unknownGroups('learningRate', Object.keys(learningRate), [...groups]);
  for (const group of groups) {
    if (!Object.hasOwn(learningRate, group)) {
      problems.push(`\`learningRate.${group}\` is missing: a rate for that group of parameters.`);
    }
  }
  if (problems.length > 0) throw new OptionsError('fit(model, data, options)', problems);
  return new Map([...groupOf].map(([name, group]) => [name, learningRate[group]!]));
}
