import type { Dataset } from '@causal/datasets';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Annotator, loadAnnotator } from '../interventions/annotator';
import {
  ANNOTATOR_RECIPE,
  trainAnnotator,
  type TrainAnnotatorOptions,
} from '../interventions/train-annotator';

export interface CachedAnnotatorOptions extends TrainAnnotatorOptions {
  /** Folder of the cache; made if it is not there. */
  readonly directory: string;
}

/**
 * {@link trainAnnotator}, kept on disk: trained once for a data set, loaded from then on. The data
 * set is known by a hash over its concepts, its picture size and some of its own renders, so that a
 * change of the drawing or the framing trains anew, as other options or another version's training
 * do. A file that cannot be read is trained over.
 */
export async function cachedAnnotator(
  data: Dataset,
  options: CachedAnnotatorOptions,
): Promise<Annotator> {
  const { directory, ...training } = options;
  const file = join(
    directory,
    `annotator-${data.name}-${await datasetHash(data, training)}.safetensors`,
  );
  const { minimumR2 = 0.99 } = training;
  const found = await readFile(file).catch(() => null);
  if (found) {
    const loaded = tryLoad(found);
    if (loaded && Object.values(loaded.r2).every((r2) => r2 >= minimumR2)) return loaded;
    loaded?.dispose();
  }
  const annotator = await trainAnnotator(data, training);
  await mkdir(directory, { recursive: true });
  // Written aside and moved into place, so that no reader meets half a file.
  const part = `${file}.${randomUUID()}.part`;
  await writeFile(part, await annotator.toBytes());
  await rename(part, file);
  return annotator;
}

function tryLoad(bytes: Uint8Array): Annotator | null {
  try {
    return loadAnnotator(bytes);
  } catch {
    return null;
  }
}

/** Rows of the training split whose renders stand for the drawing. */
const SAMPLE = 8;

async function datasetHash(data: Dataset, training: TrainAnnotatorOptions): Promise<string> {
  const hash = createHash('sha256');
  const { steps, batchSize, learningRate, seed, rng } = training;
  const recipe = [ANNOTATOR_RECIPE, steps, batchSize, learningRate, seed, rng?.state().key];
  hash.update(JSON.stringify([data.concepts, data.imageShape, ...recipe]));
  const rows = Array.from({ length: Math.min(SAMPLE, data.size('train')) }, (_, i) => i);
  hash.update(JSON.stringify(rows.map((row) => data.labels('train')[row])));
  const { images, labels } = await data.batch('train', rows);
  hash.update(Uint8Array.from(await images.data(), (pixel) => Math.round(255 * pixel)));
  images.dispose();
  labels.dispose();
  return hash.digest('hex').slice(0, 16);
}
