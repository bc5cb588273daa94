import { mkdir, readFile, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { checkKeys, checkNumber } from '@causal/options';
import type { Callback, Run } from '../callback';
import { encodeCheckpoint } from '../checkpoint/encode';
import { checkpointName, listCheckpoints } from './checkpoint-files';
import { isTemporary, writeFileAtomic } from './write-atomic';

export interface CheckpointsOptions {
  /** Steps between checkpoints, ≥ 1. Default: their number does not matter. */
  readonly everySteps?: number;
  /** Seconds between checkpoints, > 0. Default: their time does not matter. */
  readonly everySeconds?: number;
  /** How many of the newest are kept, ≥ 1, besides the best. Default 3. */
  readonly keep?: number;
}

/** index.json: which file is the newest, which the best on the validation data. */
interface Index {
  latest: { file: string; step: number };
  best?: { file: string; step: number; total: number };
}

/**
 * Writes checkpoints into `folder` as the run goes on and at its end (however it ends, but for an
 * error), each atomically. Besides the newest it keeps the one with the lowest total loss on the
 * validation data; index.json names both.
 */
export function checkpoints(folder: string, options: CheckpointsOptions = {}): Callback {
  checkKeys(options, ['everySteps', 'everySeconds', 'keep'], 'checkpoints');
  const { everySteps = Infinity, everySeconds = Infinity, keep = 3 } = options;
  if (everySteps !== Infinity) {
    checkNumber(everySteps, 'everySteps', 'checkpoints', { least: 1, integer: true });
  }
  if (everySeconds !== Infinity)
    checkNumber(everySeconds, 'everySeconds', 'checkpoints', { above: 0 });
  checkNumber(keep, 'keep', 'checkpoints', { least: 1, integer: true });
  let best: Index['best'];
  let savedStep = -1;
  let savedAt = 0;

  async function save(run: Run, total?: number): Promise<void> {
    const file = checkpointName(run.step);
    const path = join(folder, file);
    await writeFileAtomic(path, encodeCheckpoint(await run.snapshot()));
    if (total !== undefined) best = { file, step: run.step, total };
    const index: Index = { latest: { file, step: run.step }, ...(best && { best }) };
    await writeFileAtomic(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
    run.checkpoint = path;
    savedStep = run.step;
    savedAt = performance.now();
    const old = (await listCheckpoints(folder)).slice(keep);
    for (const { file: name } of old) if (name !== best?.file) await unlink(join(folder, name));
  }

  return {
    name: 'checkpoints',
    async onStart(run) {
      await mkdir(folder, { recursive: true });
      for (const name of await readdir(folder)) {
        if (isTemporary(name)) await unlink(join(folder, name));
      }
      best = await readBest(folder);
      savedStep = run.step;
      savedAt = performance.now();
    },
    async onLog(entry, run) {
      const total = entry.validation?.['total'];
      if (total !== undefined && Number.isFinite(total) && total < (best?.total ?? Infinity)) {
        await save(run, total);
      }
    },
    async onStep(run) {
      const due = run.step % everySteps === 0 || performance.now() - savedAt >= everySeconds * 1000;
      if (due && savedStep !== run.step) await save(run);
    },
    async onEnd(outcome, run) {
      if (outcome !== 'failed' && savedStep !== run.step) await save(run);
    },
  };
}

/** The best of an earlier session, if its file is still there. */
async function readBest(folder: string): Promise<Index['best']> {
  try {
    const { best } = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as Index;
    const files = await listCheckpoints(folder);
    return files.some(({ file }) => file === best?.file) ? best : undefined;
  } catch {
    return undefined; // No index, or one of a machine that went down: only the mark of the best is lost.
  }
}
