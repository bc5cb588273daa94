import { z } from 'zod';
import { sizeOf, type HostDType, type HostTensor } from './host-tensor';

/** The bytes are no safetensors file, or one that is damaged. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}

const TYPES: Record<string, { dtype: HostDType; bytes: number }> = {
  F32: { dtype: 'float32', bytes: 4 },
  I32: { dtype: 'int32', bytes: 4 },
  BOOL: { dtype: 'bool', bytes: 1 },
};

/** Longest header that the reference reader takes. */
const HEADER_LIMIT = 100_000_000;

const count = z.number().int().min(0);
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
});

/**
 * Reads the bytes of a safetensors file. Strict: every byte must belong to exactly one tensor, so
 * that a cut, padded, overlapping or otherwise dishonest file is refused and never guessed at.
 * Values are copied: the result does not keep `file` alive.
 *
 * @throws SafetensorsError saying what is wrong and where.
 */
export function readSafetensors(file: Uint8Array): {
  tensors: Record<string, HostTensor>;
  metadata: Record<string, string>;
} {
  // A plain array over the same memory: slice() of a Node Buffer would not copy.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  const headerLength = readHeaderLength(bytes);
  const header = parseHeader(bytes.subarray(8, 8 + headerLength));
  const values = bytes.subarray(8 + headerLength);

  const { __metadata__: rawMetadata, ...rawTensors } = header;
  const metadata = rawMetadata ?? {};
  if (!isTableOfTexts(metadata)) fail('its __metadata__ is not a table of texts');

  const places: { name: string; begin: number; end: number }[] = [];
  const tensors: [string, HostTensor][] = [];
  for (const [name, raw] of Object.entries(rawTensors)) {
    const entry = entrySchema.safeParse(raw);
    if (!entry.success) {
      const issue = entry.error.issues[0]!;
      fail(`tensor "${name}": ${issue.path.join('.') || 'entry'}: ${issue.message}`);
    }
    const { dtype, shape, data_offsets } = entry.data;
    const [begin, end] = data_offsets;
    const type = Object.hasOwn(TYPES, dtype) ? TYPES[dtype]! : undefined;
    if (type === undefined) {
      fail(`tensor "${name}" has dtype ${dtype}; supported are ${Object.keys(TYPES).join(', ')}`);
    }
    const size = sizeOf(shape);
    if (end - begin !== size * type.bytes) {
      fail(
        `tensor "${name}" of shape [${shape.join(', ')}] and dtype ${dtype} needs ` +
          `${size * type.bytes} bytes, but its offsets [${begin}, ${end}] span ${end - begin}`,
      );
    }
    if (end > values.length) {
      fail(
        `tensor "${name}" ends at byte ${end}, but only ${values.length} bytes of values are there: ` +
          'the file was cut',
      );
    }
    places.push({ name, begin, end });
    tensors.push([
      name,
      { dtype: type.dtype, shape, data: copyValues(values, begin, end, type.dtype, name) },
    ]);
  }
  checkCoverage(places, values.length);
  // fromEntries defines own properties, also for a tensor called "__proto__".
  return { tensors: Object.fromEntries(tensors), metadata };
}

function isTableOfTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

function fail(reason: string): never {
  throw new SafetensorsError(`Not a valid safetensors file: ${reason}.`);
}

/** How a Git LFS pointer begins: what a clone has in the place of a large file. */
const LFS_POINTER = 'version https://git-lfs';

function readHeaderLength(bytes: Uint8Array): number {
  if (new TextDecoder().decode(bytes.subarray(0, LFS_POINTER.length)) === LFS_POINTER) {
    fail(
      `it is a Git LFS pointer, a text of ${bytes.length} bytes in the place of the file: fetch the ` +
        'file itself, by `git lfs pull`',
    );
  }
  if (bytes.length < 8) fail(`it has ${bytes.length} bytes, fewer than the 8 of its header length`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > HEADER_LIMIT) fail(`its header claims ${length} bytes, more than ${HEADER_LIMIT}`);
  if (length > bytes.length - 8) {
    fail(
      `its header claims ${length} bytes, but only ${bytes.length - 8} follow: the file was cut`,
    );
  }
  return Number(length);
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  if (bytes[0] !== 0x7b) fail('its header does not begin with "{"');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    fail(`its header is not JSON (${(error as Error).message})`);
  }
  return header as Record<string, unknown>;
}

function copyValues(
  values: Uint8Array,
  begin: number,
  end: number,
  dtype: HostDType,
  name: string,
): HostTensor['data'] {
  const copy = values.slice(begin, end);
  if (dtype === 'float32') return new Float32Array(copy.buffer);
  if (dtype === 'int32') return new Int32Array(copy.buffer);
  if (copy.some((byte) => byte > 1))
    fail(`tensor "${name}" is BOOL but holds bytes other than 0 and 1`);
  return copy;
}

function checkCoverage(
  places: { name: string; begin: number; end: number }[],
  length: number,
): void {
  places.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  let before = '';
  for (const { name, begin, end } of places) {
    if (begin < at) fail(`tensors "${before}" and "${name}" overlap at byte ${begin}`);
    if (begin > at) fail(`bytes ${at} to ${begin} before tensor "${name}" belong to no tensor`);
    at = end;
    before = name;
  }
  if (at !== length) fail(`${length - at} bytes after the last tensor belong to no tensor`);
}
