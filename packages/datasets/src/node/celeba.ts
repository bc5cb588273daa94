import { join } from 'node:path';
import { checkKeys, checkNumber, OptionsError, show } from '@causal/options';
import { checkFlag, checkRecord, checkText } from '../arguments';
import type { Split } from '../dataset';
import { knownGraph } from '../known-graph';
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
import { CELEBA_SELECTIONS, type CelebaConcept, type CelebaSelection } from './celeba-concepts';
import {
  createFileDataset,
  DEFAULT_MAX_PIXELS,
  FILE_KEYS,
  type FileDataset,
  type FileOptions,
  type FileRows,
} from './file-dataset';

export interface CelebaOptions extends FileOptions {
  /** Width and height of the pictures, 8 to 1024. Default 64. */
  readonly size?: number;
  /** Side of the square cut out of the middle of the 178×218 pictures. Default 178. */
  readonly crop?: number;
  /** `'smile'` (default), `'beard'`, or attributes of your choice with their graph; graphs are believed, not known. */
  readonly concepts?: 'smile' | 'beard' | CelebaSelection;
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
  checkText(dir, 'dir', 'celebA');
  checkKeys(options, [...FILE_KEYS, 'size', 'crop', 'concepts', 'limit'], 'celebA');
  const { size = 64, crop = PICTURE[0], concepts: chosen = 'smile', limit = {} } = options;
  checkNumber(size, 'size', 'celebA', { least: 8, most: 1024, integer: true });
  checkNumber(crop, 'crop', 'celebA', { least: 8, most: PICTURE[0], integer: true });
  checkKeys(limit, ['train', 'validation', 'test'], 'celebA: limit');
  for (const [split, count] of Object.entries(limit)) {
    checkNumber(count, `limit.${split}`, 'celebA', { least: 0, integer: true });
  }
  const selection = selectionOf(chosen);
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
      ...knownGraph(
        selection.graph ? { graph: selection.graph } : {},
        selection.concepts,
        'celebA',
      ),
      splits: eachSplit((split) => rowsOf(all, split, folder, selection, limit[split])),
      decode: {
        width: size,
        height: size,
        expect: PICTURE,
        crop,
        maxPixels,
      },
    },
    options,
  );
}

/** @throws OptionsError unless it is a name that is known, or concepts with their attributes. */
function selectionOf(chosen: unknown): CelebaSelection {
  if (chosen === 'smile' || chosen === 'beard') return CELEBA_SELECTIONS[chosen];
  const fail = (): never => {
    throw new OptionsError('celebA', [
      "`concepts` must be 'smile', 'beard' or { concepts: [{ name, attribute }], graph? }, " +
        `got ${show(chosen)}.`,
    ]);
  };
  if (typeof chosen !== 'object' || chosen === null) return fail();
  checkKeys(chosen, ['concepts', 'graph'], 'celebA: concepts');
  const { concepts } = chosen as Partial<CelebaSelection>;
  if (!Array.isArray(concepts) || concepts.length === 0) return fail();
  for (const concept of concepts as readonly Partial<CelebaConcept>[]) {
    checkRecord(concept, 'concepts', 'celebA: concepts');
    checkKeys(concept, ['name', 'attribute', 'not'], 'celebA: concepts');
    checkText(concept.name, 'name', 'celebA: concepts');
    checkText(concept.attribute, 'attribute', 'celebA: concepts');
    checkFlag(concept.not, 'not', 'celebA: concepts');
  }
  return chosen as CelebaSelection;
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
