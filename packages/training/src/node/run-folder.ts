import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenedRun, OpenRunOptions, RunStore } from '../run-store';
import { listCheckpoints, loadCheckpoint } from './checkpoint-files';
import { checkpoints } from './checkpoints';
import { jsonlLog, rewindJsonl } from './jsonl';
import { writeFileAtomic } from './write-atomic';

/** What a run writes; `overwrite` removes these and nothing else. */
const CONFIG = 'config.json';
const METRICS = 'metrics.jsonl';
const CHECKPOINTS = 'checkpoints';

/**
 * A folder that keeps a run: config.json (the resolved options), metrics.jsonl (one log entry a
 * line), checkpoints/ (the newest few and the best).
 */
export function runFolder(place: string): RunStore {
  const metrics = join(place, METRICS);
  const saved = join(place, CHECKPOINTS);

  async function resume(): Promise<Pick<OpenedRun, 'checkpoint' | 'checkpointPlace' | 'warnings'>> {
    if (!(await exists(join(place, CONFIG)))) {
      throw new Error(
        `There is no run to resume in ${place} (it has no ${CONFIG}): check the path, or leave ` +
          '`resume` out to start one.',
      );
    }
    // Killed before its first checkpoint: from the beginning, which ends in the same bits.
    if ((await listCheckpoints(saved)).length === 0) return { warnings: [] };
    const { tensors, state, path, warnings } = await loadCheckpoint(saved);
    return { checkpoint: { tensors, state }, checkpointPlace: path, warnings };
  }

  return {
    place,
    async open(options: OpenRunOptions): Promise<OpenedRun> {
      const { checkpointEvery, keep } = options;
      let opened: Pick<OpenedRun, 'checkpoint' | 'checkpointPlace' | 'warnings'> = { warnings: [] };
      if (options.resume) opened = await resume();
      else await makeRoom(place, options.overwrite);
      await mkdir(saved, { recursive: true });
      const step = stepOf(opened.checkpoint?.state);
      const history = await rewindJsonl(metrics, step);
      await writeFileAtomic(join(place, CONFIG), `${JSON.stringify(options.config, null, 2)}\n`);
      return {
        ...opened,
        history,
        callbacks: [
          jsonlLog(metrics),
          checkpoints(saved, {
            keep,
            ...(checkpointEvery.steps && { everySteps: checkpointEvery.steps }),
            ...(checkpointEvery.seconds && { everySeconds: checkpointEvery.seconds }),
          }),
        ],
      };
    },
  };
}

const stepOf = (state: unknown): number =>
  (state as { position?: { step?: number } } | undefined)?.position?.step ?? 0;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function makeRoom(place: string, overwrite: boolean): Promise<void> {
  const files: string[] = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const old = [CONFIG, METRICS, CHECKPOINTS].filter((name) => files.includes(name));
  if (old.length === 0) return;
  if (!overwrite) {
    const config = await readFile(join(place, CONFIG), 'utf8').catch(() => undefined);
    const latest = (await listCheckpoints(join(place, CHECKPOINTS)))[0];
    const stand =
      latest === undefined ? 'no checkpoint yet' : `newest checkpoint: step ${latest.step}`;
    throw new Error(
      `${place} holds a run already (${config === undefined ? old.join(', ') : stand}). Go on with it ` +
        'by resume: true, put a new one in its place by overwrite: true, or choose another `out`.',
    );
  }
  for (const name of old) await rm(join(place, name), { recursive: true });
}
