import { checkKeys, checkNumber, OptionsError, show } from '@causal/options';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { Dataset, Matrix } from '../dataset';
import { labelWarnings } from './label-warnings';
import { readParts } from './picture-parts';
import { showInPictures } from './shows';

export interface LookAtDataOptions {
  /** How many training pictures are read, 30 to 100,000. Default 512, or all if there are fewer. */
  readonly pictures?: number;
  /** Decides which, and the permutations. Default 1. */
  readonly seed?: number;
  /** Stops between two batches or concepts with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface DataLook {
  /** One sentence for each thing that training on this data would stumble over; empty if there is none. */
  readonly warnings: readonly string[];
  /**
   * For each concept how likely what pictures show of it is chance: 0 where drawings were seen to
   * change, 1 where they did not, else a p-value (over .05: nothing was seen to change); NaN where
   * too few rows are labelled or the label never varies.
   */
  readonly unseen: readonly number[];
}

/** Fewer labelled pictures than this tell nothing. */
const FEWEST = 30;
/** Of concepts that move nothing, one in twenty goes unnoticed. */
const LEVEL = 0.05;
/** Half a step of a byte. */
const VISIBLE = 0.5 / 255;
const DRAWN = 8;

/**
 * Looks at a data set before anything is trained on it: labels that never vary, are mostly missing,
 * or differ by less than float32 can tell; two concepts that always move together; pictures that are
 * all alike; concepts that move nothing in the pictures (cut off by the crop, too small at this
 * size, labels of other rows). Data sets that draw are asked to draw each concept low and high; of
 * others {@link LookAtDataOptions.pictures} pictures are read, and what the other concepts explain
 * is taken out first. Costs about as much as reading the pictures.
 * @throws OptionsError or RangeError for a wrong option.
 */
export async function lookAtData(
  data: Dataset,
  options: LookAtDataOptions = {},
): Promise<DataLook> {
  if (typeof (data as Partial<Dataset> | undefined)?.labels !== 'function') {
    throw new OptionsError('lookAtData', [`\`data\` must be a data set, got ${show(data)}.`]);
  }
  checkKeys(options, ['pictures', 'seed', 'signal'], 'lookAtData');
  const { pictures = 512, seed = 1, signal } = options;
  checkNumber(pictures, 'pictures', 'lookAtData', { least: FEWEST, most: 100_000, integer: true });
  checkNumber(seed, 'seed', 'lookAtData');
  const labels = data.labels('train');
  const unseen = data.concepts.map(() => NaN);
  if (labels.length === 0) return { warnings: ['There are no training rows.'], unseen };
  const warnings = labelWarnings(data.concepts, labels);
  const rng = createRng(seed).split('lookAtData');
  const rows = [...rng.permutation(labels.length).subarray(0, pictures)];
  const { parts, used } = await readParts(data, rows, signal);
  if (parts.length === 0 && used.length > 1) {
    warnings.push(`All ${used.length} pictures that were looked at are alike.`);
  }
  const complete = used.flatMap((row, k) => (labels[row]!.some(Number.isNaN) ? [] : [k]));
  const chosen = complete.map((k) => labels[used[k]!]!);
  const pixels = parts.map((part) => Float64Array.from(complete, (k) => part[k]!));
  const varying = data.concepts.flatMap((_, c) =>
    chosen.some((row) => row[c] !== chosen[0]![c]) ? [c] : [],
  );
  if (data.render) {
    for (const c of varying) unseen[c] = drawsConcept(data, c, chosen) ? 0 : 1;
  } else if (parts.length === 0) {
    for (const c of varying) unseen[c] = 1;
  } else if (chosen.length >= FEWEST) {
    const found = await showInPictures(data.concepts, varying, chosen, pixels, rng, signal);
    varying.forEach((c, k) => (unseen[c] = found[k]!));
  }
  data.concepts.forEach(({ name }, c) => {
    if (unseen[c]! > LEVEL) warnings.push(unseenWarning(name, data, chosen.length));
  });
  return { warnings, unseen };
}

function unseenWarning(name: string, { render, imageShape }: Dataset, n: number): string {
  const seen = render ? 'No drawn picture changes' : `In ${n} pictures nothing is seen to change`;
  return (
    `${seen} with '${name}': is it cut off, or too small at ${imageShape[1]}×${imageShape[0]} pixels, ` +
    'or are its labels those of other rows? What no picture shows cannot be read from one, nor drawn.'
  );
}

/** Whether drawings of some rows change anywhere if the concept goes from low to high. */
function drawsConcept(data: Dataset, c: number, labels: Matrix): boolean {
  const set = (value: number): Matrix =>
    labels.slice(0, DRAWN).map((row) => row.map((v, i) => (i === c ? value : v)));
  return tf.tidy(() => {
    const [low, high] = data.concepts[c]!.range;
    const change = tf.sub(data.render!(set(low)), data.render!(set(high)));
    return tf.max(tf.abs(change)).dataSync()[0]! > VISIBLE;
  });
}
