import type { Dataset } from '@causal/datasets';
import type { CounterfactualModel } from '../counterfactual-model';
import { type ChangeOptions, everyChange, requireMechanism, walkChanges } from './changes';
import { readAll, ReadingErrors } from './reader-scores';
import type { ConceptReaders, ReaderScore } from './readers';

export interface Effectiveness {
  /**
   * By the concept that do() sets, then by every concept: how far what is read off the model's pictures
   * is from the labels by the mechanism. Mean absolute error of continuous concepts (0 is perfect),
   * share read right of others (1 is perfect).
   */
  readonly under: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Which of the two a concept has. */
  readonly measure: Readonly<Record<string, 'mae' | 'accuracy'>>;
  /** The readers' own scores on true pictures, where they say: no model can do better. */
  readonly readers?: Readonly<Record<string, ReaderScore>>;
}

/**
 * Effectiveness: every picture is put to another value of every concept, and all concepts are read off
 * what the model draws.
 *
 * Values come from pictures of the split: of another of ten equal bins of a continuous concept's
 * range, another category of another kind. Labels after do() are the data set's own, effects following
 * their mechanisms; readers that see labels see those.
 *
 * @param readers By {@link trainReaders}.
 * @throws TypeError for a data set without a mechanism; OptionsError and RangeError for wrong options.
 * @see Melistas et al., "Benchmarking counterfactual image generation", NeurIPS D&B 2024.
 */
export async function effectiveness(
  model: CounterfactualModel,
  data: Dataset,
  readers: ConceptReaders,
  options: ChangeOptions = {},
): Promise<Effectiveness> {
  const known = requireMechanism('effectiveness', data);
  const list = everyChange('effectiveness', data, options);
  const errors = data.concepts.map(() => new ReadingErrors(data.concepts));
  await walkChanges('effectiveness', model, known, list, options, async (changed) => {
    const { made, trueLabels, concept } = changed;
    errors[concept]!.add(await readAll('effectiveness', readers, made, trueLabels), trueLabels);
  });
  const set = new Set(list.map(({ concept }) => concept));
  return {
    under: Object.fromEntries(
      data.concepts.flatMap(({ name }, c) => (set.has(c) ? [[name, errors[c]!.errors()]] : [])),
    ),
    measure: Object.fromEntries(
      data.concepts.map(({ name, kind }) => [name, kind === 'continuous' ? 'mae' : 'accuracy']),
    ),
    ...(readers.scores && { readers: readers.scores }),
  };
}
