import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { checkKeys, checkNumber } from '@causal/options';
import type { Callback, LogEntry, Run } from '../callback';
import { imageEvent, resumeEvent, scalarsEvent, versionEvent } from '../tensorboard/event';
import { tfRecord } from '../tensorboard/record';

export interface TensorBoardOptions {
  /** Pictures to write, by tag, as the bytes of PNG files. Default: none. */
  readonly images?: (
    run: Run,
  ) => Readonly<Record<string, Uint8Array>> | Promise<Readonly<Record<string, Uint8Array>>>;
  /** Steps between pictures, ≥ 1. Default 500. */
  readonly imagesEvery?: number;
}

/**
 * Writes loss terms, validation terms, learning rate and speed (and pictures, if given) into an
 * event file in `folder`, for `tensorboard --logdir`.
 */
export function tensorBoard(folder: string, options: TensorBoardOptions = {}): Callback {
  checkKeys(options, ['images', 'imagesEvery'], 'tensorBoard');
  const { images, imagesEvery = 500 } = options;
  checkNumber(imagesEvery, 'imagesEvery', 'tensorBoard', { least: 1, integer: true });
  let file: FileHandle | undefined;
  const write = async (event: Uint8Array): Promise<void> => {
    await file!.appendFile(tfRecord(event));
  };
  const now = (): number => Date.now() / 1000;

  return {
    name: 'tensorboard',
    async onStart(run) {
      await mkdir(folder, { recursive: true });
      // TensorBoard reads the files of a folder in the order of their names.
      const stamp = String(Math.floor(Date.now())).padStart(16, '0');
      file = await open(join(folder, `events.out.tfevents.${stamp}.causal`), 'ax');
      await write(versionEvent(now()));
      if (run.step > 0) await write(resumeEvent(now(), run.step));
    },
    async onLog(entry) {
      await write(scalarsEvent(now(), entry.step, scalarsOf(entry)));
    },
    async onStep(run) {
      if (images === undefined || (run.step % imagesEvery !== 0 && run.step !== run.steps)) return;
      for (const [tag, png] of Object.entries(await images(run))) {
        await write(imageEvent(now(), run.step, tag, png));
      }
    },
    async onEnd() {
      await file?.close();
      file = undefined;
    },
  };
}

function scalarsOf(entry: LogEntry): Record<string, number> {
  const under = (prefix: string, values: Readonly<Record<string, number>>): [string, number][] =>
    Object.entries(values).map(([name, value]) => [`${prefix}/${name}`, value]);
  const { learningRate: rate } = entry;
  return Object.fromEntries([
    ...under('train', entry.terms),
    ...under('validation', entry.validation ?? {}),
    ...(typeof rate === 'number'
      ? ([['learningRate', rate]] as const)
      : under('learningRate', rate)),
    ['stepsPerSecond', entry.stepsPerSecond],
  ]);
}
