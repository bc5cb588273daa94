import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { Split } from '../dataset';
import { checkInteger, checkKeys } from '../options';
import { eachSplit } from '../splits';
import { BadFileError } from './bad-file';
import {
  ATTRIBUTES,
  type CelebaRows,
  IMAGES,
  missingFiles,
  PARTITION_SPLITS,
  readCelebaFiles,
} from './celeba-files';
import { CELEBA_SELECTIONS, type CelebaSelection } from './celeba-concepts';
import {
  createFileDataset,
  DEFAULT_MAX_PIXELS,
  FILE_KEYS,
  type FileDataset,
  type FileOptions,
  type FileRows,
} from './file-dataset';

import { JpegThreads } from './jpeg-threads';
import { SquareResampler } from './resample';

export interface CelebaOptions extends FileOptions {
  /** Width and height of the pictures, 8 to 1024. Default 64. */
  readonly size?: number;
  /** Side of the square cut out of the middle of the 178×218 pictures. Default 178. */
  readonly crop?: number;
  /** `'smile'` (default), `'beard'`, or attributes of your choice with their graph. */
  readonly concepts?: 'smile' | 'beard' | CelebaSelection;
  /** Threads that decode pictures; 0 decodes on the one that asks. Default: one a processor, at most 4. */
  readonly threads?: number;
  /** Use only the first so many rows of each split. */
  readonly limit?: Partial<Readonly<Record<Split, number>>>;
}

const PICTURE = [178, 218] as const;

/**
 * The CelebA data set (Liu et al. 2015) from its own files: `img_align_celeba/`,
 * `list_attr_celeba.txt`, `list_eval_partition.txt` in one folder. Pictures are read as they are
 * asked for and never held together; labels are 0 and 1.
 *
 * SMILE: gender (Male), smile (Smiling), eyes (not Narrow_Eyes), mouth (Mouth_Slightly_Open).
 * BEARD: age (Young), gender (Male), bald (Bald), beard (not No_Beard).
 *
 * @throws Error telling where CelebA is to be had if it is not there; BadFileError naming file and
 * row of a fault in its lists.
 */
export function celebA(dir: string, options: CelebaOptions = {}): FileDataset {
  checkKeys('celebA', options, [...FILE_KEYS, 'size', 'crop', 'concepts', 'limit', 'threads']);
  const { size = 64, crop = PICTURE[0], concepts: chosen = 'smile', limit = {} } = options;
  const { threads = Math.min(4, availableParallelism()) } = options;
  checkInteger('celebA: threads', threads, 0, 64);
  checkInteger('celebA: size', size, 8, 1024);
  checkInteger('celebA: crop', crop, 8, PICTURE[0]);
  const selection: CelebaSelection =
    typeof chosen === 'string' ? CELEBA_SELECTIONS[chosen] : chosen;
  if (!selection) throw new RangeError(`celebA: concepts must be 'smile', 'beard' or a selection.`);
  const all = readCelebaFiles(
    dir,
    selection.concepts.map((c) => c.attribute),
  );
  const folder = join(dir, IMAGES);
  const absent = missingFiles(folder, all.names);
  if (absent.size > 0 && options.onBadFile !== 'skip') {
    const row = all.names.findIndex((name) => absent.has(name));
    throw new BadFileError(
      join(dir, ATTRIBUTES),
      row + 3,
      `${join(folder, all.names[row]!)} is not there (${absent.size} of ${all.names.length} pictures missing).`,
    );
  }
  const d = selection.concepts.length;
  const { maxPixels = DEFAULT_MAX_PIXELS } = options;
  return createFileDataset(
    {
      name: 'celebA',
      concepts: selection.concepts.map(({ name }) => ({
        name,
        unit: '',
        kind: 'binary',
        range: [0, 1],
      })),
      graph: selection.graph ?? selection.concepts.map(() => new Array<number>(d).fill(0)),
      splits: eachSplit((split) => rowsOf(all, split, folder, selection, limit[split])),
      decode: {
        width: size,
        height: size,
        expect: PICTURE,
        resampler: new SquareResampler(crop, size),
        ...(maxPixels >= PICTURE[0] * PICTURE[1] && {
          jpegs: new JpegThreads({ expect: PICTURE, crop, size }, threads),
        }),
        maxPixels,
      },
      identity: `celebA ${resolve(dir)} ${size} ${crop} ${JSON.stringify(limit)}`,
    },
    options,
  );
}

function rowsOf(
  all: CelebaRows,
  split: Split,
  folder: string,
  { concepts }: CelebaSelection,
  limit = Infinity,
): FileRows {
  const number = PARTITION_SPLITS.indexOf(split);
  const files: string[] = [];
  const labels: number[][] = [];
  const rows: number[] = [];
  for (let k = 0; k < all.names.length && files.length < limit; k++) {
    if (all.partition[k] !== number) continue;
    files.push(join(folder, all.names[k]!));
    rows.push(k + 3);
    labels.push(
      concepts.map(({ not }, c) =>
        Number(all.values[k * concepts.length + c]! > 0 !== (not === true)),
      ),
    );
  }
  return { files, labels, rows };
}
