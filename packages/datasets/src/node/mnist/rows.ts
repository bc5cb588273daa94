import type { Split } from '../../dataset';
import { resolveSizes, type SplitSizes } from '../../splits';
import type { DigitFiles } from './digit-files';

/** A picture of the files: which file, and its number there. */
export type FileRows = Readonly<Record<Split, Int32Array>>;

/**
 * Which pictures each split has: training from the first of MNIST's training pictures, validation from
 * its last ones, test from the first of its test pictures; so that a smaller split is the beginning
 * of a larger one.
 * @param digits Only pictures of these.
 * @throws RangeError if more is asked for than there is.
 */
export function chooseRows(
  caller: string,
  files: DigitFiles,
  sizes: SplitSizes,
  digits?: readonly number[],
): FileRows {
  const wanted = (labels: Uint8Array): Int32Array => {
    const rows = Int32Array.from(labels, (_, row) => row);
    return digits ? rows.filter((row) => digits.includes(labels[row]!)) : rows;
  };
  const train = wanted(files.train.labels);
  const test = wanted(files.test.labels);
  const counts = resolveSizes(
    caller,
    // A share of the test pictures is a share of those.
    { ...sizes, test: 0 },
    { train: train.length, validation: 0, test: 0 },
    train.length,
  );
  const ofTest = resolveSizes(
    caller,
    { ...(sizes.test !== undefined && { train: sizes.test }) },
    { train: test.length, validation: 0, test: 0 },
    test.length,
  );
  return {
    train: train.slice(0, counts.train),
    validation: train.slice(train.length - counts.validation),
    test: test.slice(0, ofTest.train),
  };
}

/** @throws RangeError unless these are different digits. */
export function checkDigits(caller: string, digits: readonly number[] | undefined): void {
  if (digits === undefined) return;
  const right =
    Array.isArray(digits) &&
    digits.length > 0 &&
    new Set(digits).size === digits.length &&
    digits.every((digit) => Number.isInteger(digit) && digit >= 0 && digit <= 9);
  if (right) return;
  throw new RangeError(
    `${caller}: digits must be a list of different digits from 0 to 9, got ${JSON.stringify(digits)}.`,
  );
}
