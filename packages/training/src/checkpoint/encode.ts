import { readSafetensors, SafetensorsError } from '@causal/nn';
import { writeSafetensors } from '@causal/nn';
import type { Checkpoint } from './checkpoint';
import { crc32c } from './crc32c';

const FORMAT = 'causal-checkpoint-1';
const NO_SUM = '00000000';

/** A checkpoint is unreadable: cut, changed, or no checkpoint at all. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** Where the eight digits of the checksum stand in the header, or −1. */
function placeOfSum(bytes: Uint8Array): number {
  const mark = new TextEncoder().encode('"crc32c":"');
  const headerEnd =
    8 + Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  // Only a key looks so: within JSON texts (names, the state) the quotes are escaped.
  outer: for (let at = 8; at + mark.length + 8 <= headerEnd; at++) {
    for (let i = 0; i < mark.length; i++) if (bytes[at + i] !== mark[i]) continue outer;
    return at + mark.length;
  }
  return -1;
}

const hex = (sum: number): Uint8Array =>
  new TextEncoder().encode(sum.toString(16).padStart(8, '0'));

/**
 * A checkpoint as one safetensors file. Its metadata holds the state as JSON and a CRC-32C of the
 * whole file (taken with the sum's own digits as zeros).
 * @throws TypeError where the state is not JSON: a number that is not finite would come back null.
 */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  const state = JSON.stringify(checkpoint.state, (key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new TypeError(`Checkpoint state "${key}" is ${value}, which JSON cannot hold.`);
    }
    return value;
  });
  const bytes = writeSafetensors(checkpoint.tensors, {
    crc32c: NO_SUM,
    format: FORMAT,
    state: state ?? 'null',
  });
  bytes.set(hex(crc32c(bytes)), placeOfSum(bytes));
  return bytes;
}

/** @throws CheckpointError saying what is wrong with the bytes. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  let read: ReturnType<typeof readSafetensors>;
  try {
    read = readSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new CheckpointError(error.message, { cause: error });
  }
  const { tensors, metadata } = read;
  if (metadata['format'] !== FORMAT) {
    throw new CheckpointError(
      `Not a checkpoint of this library: its format is ${metadata['format'] ?? 'not given'}, not ${FORMAT}.`,
    );
  }
  const sum = metadata['crc32c'];
  const place = placeOfSum(bytes);
  const zeroed = new Uint8Array(bytes); // a copy, also of a Node Buffer
  if (place >= 0) zeroed.set(new TextEncoder().encode(NO_SUM), place);
  if (place < 0 || sum !== new TextDecoder().decode(hex(crc32c(zeroed)))) {
    throw new CheckpointError(
      'Its checksum does not fit: bytes were changed after it was written.',
    );
  }
  return { tensors, state: JSON.parse(metadata['state'] ?? 'null') as unknown };
}
