import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultFolder, pointerFile } from '../../tensorflow/location';
import { install, type Progress } from './install';
import { DEFAULT_VERSION } from './plan';
import { readJson } from './record';
import { thisMachine } from './requirements';
import type { Environment } from './run';
import { uninstall } from './uninstall';

function onlyTensorflow(command: string, words: readonly string[]): void {
  if (words.length === 1 && words[0] === 'tensorflow') return;
  throw new Error(
    `causal-engine ${command} knows tensorflow alone, not '${words.join(' ')}'. ` +
      'onnxruntime is a package: npm install onnxruntime-node',
  );
}

function chosenFolder(dir: string | undefined, env: Environment): string {
  const folder = dir ?? defaultFolder(env);
  if (!folder) throw new Error('There is no home folder here (HOME is not set): use --dir.');
  return resolve(folder);
}

/** Steps as lines; on a terminal the share that is done stands behind, and changes in place. */
function reporter(stream: NodeJS.WriteStream): Progress {
  let line = '';
  let shown = '';
  const draw = (text: string): void => {
    if (!stream.isTTY || text === shown) return;
    shown = text;
    stream.write(`\r${line} ${text}`);
  };
  return {
    step(text) {
      if (line && stream.isTTY) stream.write('\n');
      line = `… ${text}`;
      shown = '';
      stream.write(stream.isTTY ? line : `${line}\n`);
    },
    share: (value) => draw(`${Math.floor(100 * value)} %`),
  };
}

/** `causal-engine install tensorflow [--gpu] [--version V] [--dir D]` */
export async function installCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { gpu: { type: 'boolean' }, version: { type: 'string' }, dir: { type: 'string' } },
  });
  onlyTensorflow('install', positionals);
  const { gpu = false, version = DEFAULT_VERSION, dir } = values;
  if (!/^\d+\.\d+\.\d+\w*$/.test(version)) {
    throw new Error(`--version: expected a version such as ${DEFAULT_VERSION}, got '${version}'.`);
  }
  const machine = thisMachine();
  const folder = chosenFolder(dir, machine.env);
  const progress = reporter(process.stderr);
  let device: string;
  try {
    device = await install(folder, { gpu, version }, machine, progress);
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\n');
  }
  return `TensorFlow runs: ${device}\nin ${folder}\nsetupEngine() finds it and takes it first.`;
}

/** `causal-engine uninstall tensorflow [--dir D]` */
export async function uninstallCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { dir: { type: 'string' } },
  });
  onlyTensorflow('uninstall', positionals);
  const { env } = process;
  const pointer = pointerFile(env);
  const last = pointer && (await readJson<{ folder: string }>(pointer))?.folder;
  const folder = chosenFolder(values.dir ?? last, env);
  await uninstall(folder, env);
  return `TensorFlow was removed from ${folder}.`;
}
