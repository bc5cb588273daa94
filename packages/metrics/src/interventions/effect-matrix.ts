import type { Dataset, Matrix } from '@causal/datasets';
import { ancestors, descendants } from '@causal/graph';
import type { CounterfactualModel } from '../counterfactual-model';
import { checkReader, type LabelReader, readLabels } from './label-reader';
import { type JudgeOptions, type Outcome, type Visitor, walkInterventions } from './walk';

/** Something that do() gets wrong by more than a tenth of what it should, or of the range. */
export interface EffectFault {
  /**
   * - `'own'`: the concept does not take the value it is set to;
   * - `'cause-moved'`: a cause moves when its effect is set, as if the arrow pointed the other way;
   * - `'leak'`: something unrelated moves;
   * - `'effect-wrong'`: an effect does not follow its cause as the mechanism says.
   */
  readonly kind: 'own' | 'cause-moved' | 'leak' | 'effect-wrong';
  readonly from: string;
  readonly to: string;
  readonly measured: number;
  readonly expected: number;
}

/** How do() of each concept moves each concept, beside how it should. */
export interface EffectMatrix {
  readonly concepts: readonly string[];
  /** E[i][j]: mean change of j, over j's range, between do(i = low) and do(i = high), as read. */
  readonly effects: Matrix;
  /** T[i][j]: the same reading of the true counterfactual renders. */
  readonly truth: Matrix;
  /** The same from the mechanism's exact labels, without reading any image. */
  readonly exact: Matrix;
  /** E[i][i] / T[i][i] by concept: 1 is right, 0 does nothing. */
  readonly own: Readonly<Record<string, number>>;
  /** Largest |E[i][j] − T[i][j]| over j that do not descend from i (causes of i included). */
  readonly leak: number;
  /** Where the leak is; absent where every concept descends from every other. */
  readonly leakAt?: { readonly from: string; readonly to: string };
  /** Mean |E[i][j] − T[i][j]| over j that descend from i; 0 for a graph without edges. */
  readonly descendantsError: number;
  /** Everything that is wrong by more than a tenth. */
  readonly faults: readonly EffectFault[];
  /** The lowest of the annotator's own R², where it tells. */
  readonly annotatorR2?: number;
}

const TOLERANCE = 0.1;

/**
 * Judges do(): puts each concept of test images to its 5 % and its 95 % quantile, reads all concepts
 * off what the model draws, and compares with *the same annotator's reading of the true
 * counterfactual renders*, so that the annotator's own bias cancels.
 *
 * @param model Anything with `counterfactual(images, interventions)`.
 * @param data A data set that can render and knows its mechanism.
 * @param annotator Reads labels off images; see {@link trainAnnotator}.
 * @throws TypeError if the data set has no true counterfactuals or the annotator reads other
 *   concepts; RangeError if the model's images have another shape than those given, or what is read
 *   off them is not a finite number for each concept.
 */
export async function effectMatrix(
  model: CounterfactualModel,
  data: Dataset,
  annotator: LabelReader,
  options: JudgeOptions = {},
): Promise<EffectMatrix> {
  const effects = new EffectVisitor('effectMatrix', data, annotator);
  await walkInterventions('effectMatrix', model, data, options, [effects]);
  return effects.result();
}

/** @internal Gathers readings during a walk. */
export class EffectVisitor implements Visitor {
  readonly #caller: string;
  readonly #data: Dataset;
  readonly #annotator: LabelReader;
  /** Sums over images of value(high) − value(low), by intervention and concept. */
  readonly #produced: number[][];
  readonly #truth: number[][];
  readonly #exact: number[][];
  #outcomes = 0;

  constructor(caller: string, data: Dataset, annotator: LabelReader) {
    checkReader(caller, annotator, data);
    this.#caller = caller;
    this.#data = data;
    this.#annotator = annotator;
    const zeros = (): number[][] => data.concepts.map(() => data.concepts.map(() => 0));
    this.#produced = zeros();
    this.#truth = zeros();
    this.#exact = zeros();
  }

  async outcome({ concept, level, produced, truth, trueLabels }: Outcome): Promise<void> {
    const sign = level === 1 ? 1 : -1;
    const d = this.#data.concepts.length;
    const add = (into: number[][], value: number, j: number): void => {
      into[concept]![j]! += sign * value;
    };
    (await this.#read(produced, 'the model’s images')).forEach((v, k) =>
      add(this.#produced, v, k % d),
    );
    (await this.#read(truth, 'true renders')).forEach((v, k) => add(this.#truth, v, k % d));
    for (const row of trueLabels) row.forEach((v, j) => add(this.#exact, v, j));
    this.#outcomes += trueLabels.length;
  }

  #read(images: Outcome['produced'], what: string): Promise<Float32Array> {
    const { length } = this.#data.concepts;
    return readLabels(this.#caller, this.#annotator, images, length, what);
  }

  result(): EffectMatrix {
    const { concepts, graph } = this.#data;
    const names = concepts.map((concept) => concept.name);
    const images = this.#outcomes / (2 * names.length);
    const scale = (sums: number[][]): number[][] =>
      sums.map((row) =>
        row.map((v, j) => v / images / (concepts[j]!.range[1] - concepts[j]!.range[0])),
      );
    const effects = scale(this.#produced);
    const truth = scale(this.#truth);
    const faults: EffectFault[] = [];
    let leak = 0;
    let leakAt: EffectMatrix['leakAt'];
    let descendantsError = 0;
    let pairs = 0;
    names.forEach((from, i) => {
      const below = new Set(descendants(graph, i));
      const above = new Set(ancestors(graph, i));
      names.forEach((to, j) => {
        const measured = effects[i]![j]!;
        const expected = truth[i]![j]!;
        const error = Math.abs(measured - expected);
        let kind: EffectFault['kind'];
        if (i === j) kind = 'own';
        else if (below.has(j)) {
          kind = 'effect-wrong';
          descendantsError += error;
          pairs++;
        } else {
          kind = above.has(j) ? 'cause-moved' : 'leak';
          if (!leakAt || error > leak) leakAt = { from, to };
          leak = Math.max(leak, error);
        }
        const allowed = i === j ? TOLERANCE * Math.abs(expected) : TOLERANCE;
        if (error > allowed) faults.push({ kind, from, to, measured, expected });
      });
    });
    const r2 = this.#annotator.r2;
    return {
      concepts: names,
      effects,
      truth,
      exact: scale(this.#exact),
      own: Object.fromEntries(names.map((name, i) => [name, effects[i]![i]! / truth[i]![i]!])),
      leak,
      ...(leakAt && { leakAt }),
      descendantsError: pairs === 0 ? 0 : descendantsError / pairs,
      faults,
      ...(r2 && { annotatorR2: Math.min(...Object.values(r2)) }),
    };
  }
}
