import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { thisFile } from './this-file';
import type { HelperWork } from './morpho-mnist.worker';
import { Parts } from './parts';
import type { Plan, PlanOptions } from './plan';
import { Prepared, preparePart, readPrepared, writePrepared } from './prepared';

export interface PrepareOptions {
  /** Folder that keeps what was made; undefined keeps nothing. */
  readonly dir: string | undefined;
  /** Processes that take part. */
  readonly processes: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** Fewer pictures are made sooner than a process has started. */
const WORTH_HELP = 2000;
/** Pictures between two reports where nothing is kept. */
const STRETCH = 100;

/** All pictures of a plan: read if they were made before, else made, on all processors, and kept. */
export function prepare(
  plan: Plan,
  planOptions: PlanOptions,
  { dir, processes, signal, onProgress }: PrepareOptions,
): Prepared {
  const total = plan.pictures.length;
  const all = Prepared.empty(total);
  let done = 0;
  const put = (part: Prepared, from: number): void => {
    all.place(part, from);
    done += part.count;
    onProgress?.({ done, total });
    signal?.throwIfAborted();
  };
  if (dir === undefined) {
    for (let from = 0; from < total; from += STRETCH) {
      put(preparePart(plan, from, Math.min(total, from + STRETCH)), from);
    }
    return all;
  }
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `morpho-mnist-${plan.key}.bin`);
  const kept = readPrepared(file, total);
  if (kept) return kept;
  const parts = new Parts(`${file}.parts`, plan);
  parts.open();
  if (total >= WORTH_HELP) {
    for (let k = 1; k < processes; k++) startHelper({ folder: parts.folder, options: planOptions });
  }
  const elsewhere: number[] = [];
  for (let part = 0; part < parts.count; part++) {
    const ready = parts.read(part) ?? (parts.claim(part) ? parts.make(part) : undefined);
    if (ready) put(ready, parts.from(part));
    else elsewhere.push(part);
  }
  // What a helper has not finished by now is made here too, sooner than finding out whether it lives.
  for (const part of elsewhere) {
    put(
      parts.read(part) ?? preparePart(plan, parts.from(part), parts.from(part + 1)),
      parts.from(part),
    );
  }
  writePrepared(file, all);
  parts.remove();
  return all;
}

/**
 * Starts a process that takes part. It needs no answer: what it makes lies in the folder, and if it
 * cannot run, all is made here.
 */
function startHelper(work: HelperWork): void {
  const here = thisFile();
  const program = here.replace(/[^/\\]+(\.[cm]?[jt]s)$/, 'morpho-mnist.worker$1');
  const loaders = process.execArgv.filter((argument) => !argument.startsWith('--inspect'));
  // Sources run only where something loads them, as tsx does.
  if (program.endsWith('.ts') && !loaders.some((argument) => argument.includes('tsx'))) return;
  const child = spawn(process.execPath, [...loaders, program, JSON.stringify(work)], {
    stdio: 'ignore',
  });
  child.on('error', () => undefined);
  child.unref();
}
