import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { CheckpointError, decodeCheckpoint, encodeCheckpoint } from '../checkpoint/encode';
import { readTensors } from '../loop/parameters';
import type { HostTensor } from '@causal/nn';
import { writeFileAtomic } from './write-atomic';

const NAME = /^step-(\d{8,})\.safetensors$/;

export const checkpointName = (step: number): string =>
  `step-${String(step).padStart(8, '0')}.safetensors`;

/** Names of the checkpoints in a folder and their steps, newest first. */
export async function listCheckpoints(folder: string): Promise<{ file: string; step: number }[]> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return files
    .flatMap((file) => {
      const step = NAME.exec(file)?.[1];
      return step === undefined ? [] : [{ file, step: Number(step) }];
    })
    .sort((a, b) => b.step - a.step);
}

/**
 * Writes tensors and a JSON state into one safetensors file, atomically.
 * @param path File to write; its folder is made where it is missing.
 */
export async function saveCheckpoint(
  path: string,
  checkpoint: {
    readonly tensors: Readonly<Record<string, HostTensor | tf.Tensor>>;
    readonly state?: unknown;
  },
): Promise<void> {
  const tensors = await readTensors('', checkpoint.tensors);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, encodeCheckpoint({ tensors, state: checkpoint.state ?? null }));
}

async function loadFile(path: string): Promise<Checkpoint> {
  try {
    return decodeCheckpoint(await readFile(path));
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new CheckpointError(`${path} cannot be used. ${error.message}`, { cause: error });
  }
}

/**
 * Reads a checkpoint.
 * @param path A file, or a folder (a run's, or its checkpoints/): then the newest readable one there.
 * @returns Also `warnings`: newer files that had to be passed over, and why.
 * @throws CheckpointError where nothing readable is there, with the reason for each file.
 */
export async function loadCheckpoint(
  path: string,
): Promise<Checkpoint & { readonly path: string; readonly warnings: readonly string[] }> {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new CheckpointError(
      error.code === 'ENOENT' ? `There is no checkpoint at ${path}.` : `${path}: ${error.message}`,
      { cause: error },
    );
  });
  if (!there.isDirectory()) return { ...(await loadFile(path)), path, warnings: [] };
  const warnings: string[] = [];
  for (const folder of [join(path, 'checkpoints'), path]) {
    for (const { file } of await listCheckpoints(folder)) {
      const candidate = join(folder, file);
      try {
        return { ...(await loadFile(candidate)), path: candidate, warnings };
      } catch (error) {
        warnings.push((error as Error).message);
      }
    }
  }
  throw new CheckpointError(
    warnings.length === 0
      ? `There is no checkpoint in ${path}.`
      : `No checkpoint in ${path} can be used:\n${warnings.map((text) => `  - ${text}`).join('\n')}`,
  );
}
