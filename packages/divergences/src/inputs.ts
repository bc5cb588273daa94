import type * as tf from '@tensorflow/tfjs';

const describe = (x: unknown): string => {
  const tensor = x as Partial<tf.Tensor> | null | undefined;
  return Array.isArray(tensor?.shape)
    ? `shape [${tensor.shape.join(', ')}] of ${tensor.dtype}`
    : `${typeof x}`;
};

/** Throws unless `x` is a float sample [n, p] with n ≥ `atLeast` and p ≥ 1. */
export function checkSample(x: tf.Tensor2D, name: string, caller: string, atLeast = 1): void {
  const shape = (x as tf.Tensor2D | undefined)?.shape as readonly number[] | undefined;
  if (shape === undefined || shape.length !== 2 || x.dtype !== 'float32') {
    throw new TypeError(
      `${caller}: ${name} must be a float32 tensor [n, p] (one row a point), got ${describe(x)}.`,
    );
  }
  if (shape[0]! < atLeast || shape[1]! < 1) {
    throw new RangeError(
      `${caller}: ${name} must have at least ${atLeast} row${atLeast === 1 ? '' : 's'} and one column, got shape [${shape.join(', ')}].`,
    );
  }
}

/** Throws unless x and y are samples of points in the same space. */
export function checkSamePoints(x: tf.Tensor2D, y: tf.Tensor2D, caller: string): void {
  if (x.shape[1] !== y.shape[1]) {
    throw new RangeError(
      `${caller}: x and y must have the same number of columns, got ${x.shape[1]} and ${y.shape[1]}.`,
    );
  }
}

/** Throws unless x and y are paired: the same number of rows. */
export function checkPaired(x: tf.Tensor2D, y: tf.Tensor2D, caller: string): void {
  if (x.shape[0] !== y.shape[0]) {
    throw new RangeError(
      `${caller}: x and y are observed together and must have as many rows, got ${x.shape[0]} and ${y.shape[0]}.`,
    );
  }
}

/** Throws unless `x` is a float tensor. */
export function checkFloat(x: tf.Tensor, name: string, caller: string): void {
  const dtype = (x as tf.Tensor | undefined)?.dtype;
  if (dtype !== 'float32' || !Array.isArray(x.shape)) {
    throw new TypeError(`${caller}: ${name} must be a float32 tensor, got ${describe(x)}.`);
  }
}

/** Throws unless a and b are float tensors of the same shape. */
export function checkSameShape(
  [a, b]: readonly [tf.Tensor, tf.Tensor],
  [nameA, nameB]: readonly [string, string],
  caller: string,
): void {
  checkFloat(a, nameA, caller);
  checkFloat(b, nameB, caller);
  if (a.rank !== b.rank || a.shape.some((size, i) => size !== b.shape[i])) {
    throw new RangeError(
      `${caller}: ${nameA} and ${nameB} must have the same shape, got [${a.shape.join(', ')}] and [${b.shape.join(', ')}].`,
    );
  }
}

/** Throws on an option key that is not in `known`, naming the nearest one that is. */
export function checkOptions(options: object, known: readonly string[], caller: string): void {
  if (typeof options !== 'object' || (options as object | null) === null) {
    throw new TypeError(
      `${caller}: options must be an object with any of ${known.join(', ')}, got ${String(options)}.`,
    );
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const nearest = [...known].sort((a, b) => editDistance(a, key) - editDistance(b, key))[0]!;
    throw new TypeError(
      `${caller}: unknown option '${key}'. Did you mean '${nearest}'? Known: ${known.join(', ')}.`,
    );
  }
}

/** Throws unless `value` is a finite number > 0. */
export function checkPositive(value: number, name: string, caller: string): void {
  if (!(typeof value === 'number' && Number.isFinite(value) && value > 0)) {
    throw new RangeError(`${caller}: ${name} must be a finite number > 0, got ${String(value)}.`);
  }
}

/** Throws unless `value` is an integer ≥ 1. */
export function checkCount(value: number, name: string, caller: string): void {
  if (!(Number.isInteger(value) && value >= 1)) {
    throw new RangeError(
      `${caller}: ${name} must be an integer of at least 1, got ${String(value)}.`,
    );
  }
}

/** Throws unless `value` is one of `known`. */
export function checkChoice<T extends string>(
  value: T,
  known: readonly T[],
  name: string,
  caller: string,
): void {
  if (!known.includes(value)) {
    throw new RangeError(
      `${caller}: ${name} must be one of ${known.map((k) => `'${k}'`).join(', ')}, got ${JSON.stringify(value)}.`,
    );
  }
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1]!.toLowerCase() === b[j - 1]!.toLowerCase() ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + cost));
    }
    row = next;
  }
  return row[b.length]!;
}
