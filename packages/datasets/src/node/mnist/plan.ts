import { createHash } from 'node:crypto';
import { createRng } from '@causal/random';
import type { Split } from '../../dataset';
import type { DigitLabels } from '../../morpho-mnist/draw-digit';
import { drawSlant, drawThickness, intensityFrom } from '../../morpho-mnist/law';
import type { SplitSizes } from '../../splits';
import { type DigitFiles, readDigitFiles } from './digit-files';
import { chooseRows } from './rows';

/** What decides every picture; plain JSON, so that another process can follow the same plan. */
export interface PlanOptions extends SplitSizes {
  readonly source?: string | undefined;
  readonly digits?: readonly number[] | undefined;
  readonly slant?: boolean | undefined;
  readonly seed?: number | undefined;
}

/** One picture to be made: MNIST's, and what is set on it. */
interface PlannedPicture extends DigitLabels {
  readonly digit: number;
  readonly slant?: number;
}

export interface Plan {
  /** Every picture: training, then validation, then test. */
  readonly pictures: readonly PlannedPicture[];
  /** Where each split begins among them. */
  readonly starts: Readonly<Record<Split, number>>;
  readonly sizes: Readonly<Record<Split, number>>;
  /** MNIST's picture that a planned one is made from. */
  original(index: number): Uint8Array;
  /** Names all that the pictures depend on. */
  readonly key: string;
}

/** Changes whenever the same plan gives other pictures. */
const RECIPE = 1;

/** Which pictures there are, and their labels by the law of the seed. */
export function makePlan(options: PlanOptions): Plan {
  const { slant = false, seed = 1, digits } = options;
  const files = readDigitFiles('morphoMnist', options.source);
  const rows = chooseRows('morphoMnist', files, options, digits);
  const rng = createRng(seed).split('morpho-mnist');
  const from = (split: Split) => (split === 'test' ? files.test : files.train);
  const pictures: PlannedPicture[] = [];
  const originals: Uint8Array[] = [];
  const starts = { train: 0, validation: 0, test: 0 };
  for (const split of ['train', 'validation', 'test'] as const) {
    starts[split] = pictures.length;
    const { labels, pictures: pixels } = from(split);
    const stream = rng.split(`labels/${split}`);
    for (const row of rows[split]) {
      const thickness = drawThickness(stream);
      const intensity = intensityFrom(thickness, stream.normal());
      // Drawn in either case: the slant changes no other label.
      const lean = drawSlant(stream);
      pictures.push({ thickness, intensity, digit: labels[row]!, ...(slant && { slant: lean }) });
      originals.push(pixels.subarray(row * 784, (row + 1) * 784));
    }
  }
  const sizes = {
    train: rows.train.length,
    validation: rows.validation.length,
    test: rows.test.length,
  };
  return {
    pictures,
    starts,
    sizes,
    original: (index) => originals[index]!,
    key: keyOf({ recipe: RECIPE, slant, seed, digits: digits ?? 'all', sizes }, files),
  };
}

function keyOf(decided: object, { train, test }: DigitFiles): string {
  const hash = createHash('sha256').update(JSON.stringify(decided));
  for (const { pictures, labels } of [train, test]) hash.update(pictures).update(labels);
  return hash.digest('hex').slice(0, 24);
}
