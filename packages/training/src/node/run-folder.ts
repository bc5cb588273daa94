import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../identity/is-object';
import type { OpenedRun, OpenRunOptions, RunStore } from '../run-store';
import { listCheckpoints, loadCheckpoint } from './checkpoint-files';
import { checkpoints } from './checkpoints';
import { explainFileError } from './file-errors';
import { jsonlLog, readJsonl, rewindJsonl } from './jsonl';
import { LOCK, lockFolder } from './run-lock';
import { writeFileAtomic } from './write-atomic';

/** What a run writes; `overwrite` removes these and nothing else. */
const CONFIG = 'config.json';
const METRICS = 'metrics.jsonl';
const CHECKPOINTS = 'checkpoints';

/**
 * A folder that keeps a run: config.json (the resolved options), metrics.jsonl (one log entry a
 * line), checkpoints/ (the newest few and the best), and while it goes on run.lock, which keeps a
 * second process out.
 * @param place The folder; made where it is missing. Files of others in it are left alone.
 */
export function runFolder(place: string): RunStore {
  return {
    place,
    async open(options: OpenRunOptions): Promise<OpenedRun> {
      await (options.resume ? checkThere(place) : makeFolder(place));
      const lock = await lockFolder(place);
      try {
        const opened = await openLocked(place, options);
        return {
          ...opened,
          warnings: [...lock.warnings, ...opened.warnings],
          close: lock.release,
        };
      } catch (error) {
        await lock.release();
        throw error;
      }
    },
  };
}

async function openLocked(place: string, options: OpenRunOptions): Promise<OpenedRun> {
  const { checkpointEvery, keep, resume } = options;
  const metrics = join(place, METRICS);
  const saved = join(place, CHECKPOINTS);
  const files = (await readdir(place)).filter((name) => name !== LOCK);
  await checkOurs(place, files);
  const opened = resume ? await readRun(place) : undefined;
  if (!resume) await makeRoom(place, files, options.overwrite);
  await mkdir(saved, { recursive: true });
  const step = stepOf(opened?.checkpoint?.state);
  const begin = async (): Promise<void> => {
    await rewindJsonl(metrics, step);
    await writeFileAtomic(join(place, CONFIG), `${JSON.stringify(options.config, null, 2)}\n`);
  };
  // A run that is resumed stays as it is until it is known to be the same one.
  if (!resume) await begin();
  return {
    warnings: [],
    ...opened,
    history: await readJsonl(metrics, step),
    callbacks: [
      ...(resume ? [{ name: 'run-folder', onStart: begin }] : []),
      jsonlLog(metrics),
      checkpoints(saved, {
        keep,
        ...(checkpointEvery.steps && { everySteps: checkpointEvery.steps }),
        ...(checkpointEvery.seconds && { everySeconds: checkpointEvery.seconds }),
      }),
    ],
  };
}

async function readRun(
  place: string,
): Promise<Pick<OpenedRun, 'checkpoint' | 'checkpointPlace' | 'warnings' | 'identity'>> {
  const saved = join(place, CHECKPOINTS);
  // Killed before its first checkpoint: from the beginning, which ends in the same bits.
  if ((await listCheckpoints(saved)).length === 0) {
    return { warnings: [], identity: (await readConfig(place))?.['identity'] };
  }
  const { tensors, state, path, warnings } = await loadCheckpoint(saved);
  return { checkpoint: { tensors, state }, checkpointPlace: path, warnings };
}

const stepOf = (state: unknown): number =>
  (state as { position?: { step?: number } } | null | undefined)?.position?.step ?? 0;

async function checkThere(place: string): Promise<void> {
  const there = await stat(join(place, CONFIG)).catch(() => undefined);
  if (there !== undefined) return;
  throw new Error(
    `There is no run to resume in ${place} (it has no ${CONFIG}): check the path, or leave ` +
      '`resume` out to start one.',
  );
}

async function makeFolder(place: string): Promise<void> {
  const there = await stat(place).catch(() => undefined);
  if (there !== undefined && !there.isDirectory()) {
    throw new Error(`\`out\` must be a folder, and ${place} is a file: choose another place.`);
  }
  try {
    await mkdir(place, { recursive: true });
  } catch (error) {
    throw explainFileError(error, `make the folder ${place} for \`out\``);
  }
}

/** What config.json says, if it is there and JSON. */
async function readConfig(place: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(join(place, CONFIG), 'utf8').catch(() => undefined);
  try {
    const config: unknown = text === undefined ? undefined : JSON.parse(text);
    return isObject(config) ? config : undefined;
  } catch {
    return undefined;
  }
}

/** Refuses a folder whose config.json is somebody else's: nothing of theirs is ever removed. */
async function checkOurs(place: string, files: readonly string[]): Promise<void> {
  if (!files.includes(CONFIG)) return;
  if (isObject((await readConfig(place))?.['identity'])) return;
  throw new Error(
    `${join(place, CONFIG)} is not what a run writes (damaged, or of another program), and a run ` +
      'would take its place: choose another `out`, or move it away.',
  );
}

async function makeRoom(
  place: string,
  files: readonly string[],
  overwrite: boolean,
): Promise<void> {
  const old = [CONFIG, METRICS, CHECKPOINTS].filter((name) => files.includes(name));
  if (old.length === 0) return;
  if (!old.includes(CONFIG)) {
    throw new Error(
      `${place} holds ${old.join(' and ')} but no ${CONFIG}, so they are of no run: choose another ` +
        '`out`, or move them away.',
    );
  }
  if (!overwrite) {
    const latest = (await listCheckpoints(join(place, CHECKPOINTS)))[0];
    const stand =
      latest === undefined ? 'no checkpoint yet' : `newest checkpoint: step ${latest.step}`;
    throw new Error(
      `${place} holds a run already (${stand}). Go on with it by resume: true, put a new one in its ` +
        'place by overwrite: true, or choose another `out`.',
    );
  }
  // config.json last: it is what says that the rest is ours.
  for (const name of old.reverse()) await rm(join(place, name), { recursive: true });
}
