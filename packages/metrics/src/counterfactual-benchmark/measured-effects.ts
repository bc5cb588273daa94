import { type Dataset, type GeneratedDataset, measureDigit } from '@causal/datasets';
import { ErrorSums, type ImageError } from '../interventions/counterfactual-error';
import { requireOracle } from '../interventions/dataset-oracle';
import type { CounterfactualModel } from '../counterfactual-model';
import { type ChangeOptions, everyChange, walkChanges } from './changes';

/** How measured values follow set ones. */
export interface MeasuredFit {
  /** Mean |measured − set|. */
  readonly mae: number;
  /** Of the regression of measured on set. */
  readonly slope: number;
  /** Squared correlation of measured and set; NaN where one does not vary. */
  readonly r2: number;
}

export interface MeasuredEffect {
  /** By concept that can be measured, on the model's pictures. */
  readonly made: Readonly<Record<string, MeasuredFit>>;
  /** The same on the true counterfactual pictures: what a perfect model gets. */
  readonly truth: Readonly<Record<string, MeasuredFit>>;
  /** The model's pictures beside the true ones. */
  readonly error: ImageError;
}

/**
 * Measures thickness, intensity and slant on a model's counterfactuals of `morphoMnist`, by
 * Morpho-MNIST's rules and no reader, against what the mechanism says they are, beside the same on the
 * true pictures; and how far the pictures are from the true ones.
 *
 * @param data By `morphoMnist`: grey squares of at least 28 pixels.
 * @param options `concepts`: default all that can be measured; do(digit) has no true picture.
 * @returns By the concept that do() sets.
 * @throws TypeError for another data set; OptionsError and RangeError for wrong options.
 */
export async function measuredEffects(
  model: CounterfactualModel,
  data: Dataset,
  options: ChangeOptions = {},
): Promise<Readonly<Record<string, MeasuredEffect>>> {
  const caller = 'measuredEffects';
  const oracle = requireOracle(caller, data) as GeneratedDataset;
  const measured = measurable(caller, data);
  const { split = 'test' } = options;
  const list = everyChange(caller, data, {
    ...options,
    concepts: options.concepts ?? measured.map(({ name }) => name),
  });
  const sums = data.concepts.map(() => ({
    made: measured.map(() => new FitSums()),
    truth: measured.map(() => new FitSums()),
    error: new ErrorSums(),
  }));
  await walkChanges(caller, model, oracle, list, options, async (changed) => {
    const { rows, images, made, trueLabels, concept } = changed;
    const truth = oracle.render(trueLabels, { split, rows });
    try {
      const [before, after, wanted] = [await images.data(), await made.data(), await truth.data()];
      const [size] = data.imageShape;
      const sum = sums[concept]!;
      sum.error.add(after, wanted, before);
      trueLabels.forEach((labels, i) => {
        for (const [kind, pixels] of [
          ['made', after],
          ['truth', wanted],
        ] as const) {
          const values = measureDigit(middleOf(pixels, i, size));
          measured.forEach(({ name, index }, k) => sum[kind][k]!.add(labels[index]!, values[name]));
        }
      });
    } finally {
      truth.dispose();
    }
  });
  const set = new Set(list.map(({ concept }) => concept));
  const fits = (of: readonly FitSums[]): Record<string, MeasuredFit> =>
    Object.fromEntries(measured.map(({ name }, k) => [name, of[k]!.result()]));
  return Object.fromEntries(
    data.concepts.flatMap(({ name }, c) => {
      if (!set.has(c)) return [];
      const { made, truth, error } = sums[c]!;
      return [[name, { made: fits(made), truth: fits(truth), error: error.result() }]];
    }),
  );
}

const MEASURES = ['thickness', 'intensity', 'slant'] as const;

function measurable(
  caller: string,
  data: Dataset,
): { readonly name: (typeof MEASURES)[number]; readonly index: number }[] {
  const [height, width, channels] = data.imageShape;
  const found = MEASURES.flatMap((name) => {
    const index = data.concepts.findIndex((concept) => concept.name === name);
    return index < 0 ? [] : [{ name, index }];
  });
  if (found.length > 0 && height === width && height >= 28 && channels === 1) return found;
  throw new TypeError(
    `${caller}: expected the pictures of morphoMnist, grey squares with a concept of ` +
      `${MEASURES.join(', ')}; '${data.name}' has [${data.imageShape.join(', ')}] and ` +
      `${data.concepts.map(({ name }) => name).join(', ')}.`,
  );
}

/** The 28×28 middle of picture `i` in 0–255; models may draw a little beyond [0, 1]. */
function middleOf(pixels: ArrayLike<number>, i: number, size: number): Float64Array {
  const margin = (size - 28) >> 1;
  return Float64Array.from({ length: 784 }, (_, k) => {
    const place = (margin + Math.floor(k / 28)) * size + margin + (k % 28);
    return 255 * Math.max(0, Math.min(1, pixels[i * size * size + place]!));
  });
}

class FitSums {
  readonly #set: number[] = [];
  readonly #measured: number[] = [];

  add(set: number, measured: number): void {
    this.#set.push(set);
    this.#measured.push(measured);
  }

  result(): MeasuredFit {
    const [x, y] = [this.#set, this.#measured];
    const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
    const [mx, my] = [mean(x), mean(y)];
    let [xx, xy, yy, absolute] = [0, 0, 0, 0];
    x.forEach((v, i) => {
      xx += (v - mx) ** 2;
      xy += (v - mx) * (y[i]! - my);
      yy += (y[i]! - my) ** 2;
      absolute += Math.abs(y[i]! - v);
    });
    return { mae: absolute / x.length, slope: xy / xx, r2: (xy * xy) / (xx * yy) };
  }
}
