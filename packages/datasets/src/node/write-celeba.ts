import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkKeys, checkNumber } from '@causal/options';
import { checkFunction, checkText } from '../arguments';
import type { GeneratedDataset, Split } from '../dataset';
import { faces } from '../faces/faces';
import { ATTRIBUTES, IMAGES, PARTITION_SPLITS, PARTITIONS } from './celeba-files';
import { CELEBA_ATTRIBUTES, CELEBA_SELECTIONS } from './celeba-concepts';
import { loadSharp } from './decode';

export interface WriteCelebaOptions {
  /** Which concepts vary by their model. Default `'smile'`. */
  readonly concepts?: 'smile' | 'beard';
  /** How many pictures each split gets. Default 800, 100, 100. */
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Stops between two pictures. */
  readonly signal?: AbortSignal;
  /** Called after each picture with how many are written, of how many. */
  readonly onProgress?: (written: number, total: number) => void;
}

const KEYS = ['concepts', 'train', 'validation', 'test', 'seed', 'signal', 'onProgress'];
const WIDTH = 178;
const HEIGHT = 218;
const JPEG_QUALITY = 92;

/**
 * Writes synthetic faces ({@link faces} with binary labels) in CelebA's layout: 178×218 JPEGs, the
 * attribute file with all 40 attributes (those without a part in the model are −1), the partition
 * file. What `celebA(dir)` and other readers of CelebA then read. Needs `sharp`.
 */
export async function writeCelebA(dir: string, options: WriteCelebaOptions = {}): Promise<void> {
  checkText(dir, 'dir', 'writeCelebA');
  checkKeys(options, KEYS, 'writeCelebA');
  checkFunction(options.onProgress, 'onProgress', 'writeCelebA');
  const { concepts = 'smile', train = 800, validation = 100, test = 100, seed = 1 } = options;
  Object.entries({ train, validation, test }).forEach(([split, count]) =>
    checkNumber(count, split, 'writeCelebA', { least: 0, most: 999_999, integer: true }),
  );
  const data = faces({
    size: WIDTH,
    aspect: HEIGHT / WIDTH,
    labels: 'binary',
    cacheBytes: 0,
    concepts,
    train,
    validation,
    test,
    seed,
  });
  const sharp = await loadSharp();
  mkdirSync(join(dir, IMAGES), { recursive: true });
  const total = train + validation + test;
  const attributeRows: string[] = [];
  const partitionRows: string[] = [];
  for (const split of PARTITION_SPLITS) {
    for (let row = 0; row < data.size(split); row++) {
      options.signal?.throwIfAborted();
      const name = `${String(attributeRows.length + 1).padStart(6, '0')}.jpg`;
      await sharp(pixelsOf(data, split, row), {
        raw: { width: WIDTH, height: HEIGHT, channels: 3 },
      })
        .jpeg({ quality: JPEG_QUALITY })
        .toFile(join(dir, IMAGES, name));
      attributeRows.push(`${name} ${attributesOf(concepts, data.labels(split)[row]!).join(' ')}`);
      partitionRows.push(`${name} ${PARTITION_SPLITS.indexOf(split)}`);
      options.onProgress?.(attributeRows.length, total);
    }
  }
  const head = [String(total), CELEBA_ATTRIBUTES.join(' ')];
  writeFileSync(join(dir, ATTRIBUTES), [...head, ...attributeRows, ''].join('\n'));
  writeFileSync(join(dir, PARTITIONS), [...partitionRows, ''].join('\n'));
}

function pixelsOf(data: GeneratedDataset, split: Split, row: number): Uint8Array {
  const { images, labels } = data.batch(split, [row]);
  const bytes = Uint8Array.from(images.dataSync(), (v) => Math.round(v * 255));
  images.dispose();
  labels.dispose();
  return bytes;
}

/** ' 1' or '-1' for each attribute, padded as in CelebA's file. */
function attributesOf(concepts: 'smile' | 'beard', labels: readonly number[]): string[] {
  const values = new Map<string, boolean>([['No_Beard', true]]);
  CELEBA_SELECTIONS[concepts].concepts.forEach((concept, c) => {
    values.set(concept.attribute, labels[c]! > 0.5 !== ('not' in concept && concept.not));
  });
  return CELEBA_ATTRIBUTES.map((attribute) => (values.get(attribute) ? ' 1' : '-1'));
}
