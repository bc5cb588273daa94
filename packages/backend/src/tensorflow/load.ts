import * as tf from '@tensorflow/tfjs';
import { FOLDER_VARIABLE, pointerFile } from './location';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

const HOW_TO_INSTALL = 'npx causal-engine install tensorflow';

/** A Node built-in, asked for by a variable: bundlers for browsers must not follow it. */
async function nodeModule<Module>(specifier: string): Promise<Module> {
  const loaded = (await import(
    /* webpackIgnore: true */ /* @vite-ignore */ specifier
  )) as Module & {
    default?: Module;
  };
  return loaded.default ?? loaded;
}

interface FileSystem {
  existsSync(path: string): boolean;
  readFileSync(path: string, encoding: 'utf8'): string;
}
interface Require {
  (specifier: string): unknown;
  resolve(specifier: string): string;
}
interface ModuleModule {
  createRequire(file: string): Require;
}

const environment = (): Record<string, string | undefined> =>
  (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env ?? {};

/** tfjs-node calls these two, which Node ≥ 23 no longer has. */
async function restoreNodeUtilities(): Promise<void> {
  const util = await nodeModule<Record<string, unknown>>('node:util');
  util['isNullOrUndefined'] ??= (x: unknown) => x === null || x === undefined;
  util['isArray'] ??= Array.isArray;
}

/** TensorFlow reads these once, when it is loaded; what the user has set stays. */
function configure(threads: number): void {
  const env = environment();
  // oneDNN's convolutions: off by default on processors that TensorFlow does not know as its own,
  // where they take .6 of the time all the same (bench/engine).
  env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  env['TF_NUM_INTEROP_THREADS'] ??= String(threads);
  env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'; // no greeting; what fails is thrown anyway
}

/** The folder of `causal-engine install tensorflow`, if it was run. */
async function installedFolder(): Promise<string | undefined> {
  const env = environment();
  if (env[FOLDER_VARIABLE]) return env[FOLDER_VARIABLE];
  const pointer = pointerFile(env);
  const fs = await nodeModule<FileSystem>('node:fs');
  if (!pointer || !fs.existsSync(pointer)) return undefined;
  return (JSON.parse(fs.readFileSync(pointer, 'utf8')) as { folder: string }).folder;
}

type Constructor = new (...args: unknown[]) => object;

/**
 * A class that code compiled to ES5 can extend: that calls its base without `new`, which classes of
 * the language refuse. tfjs has them where a bundler took its ES2017 modules.
 */
function callable(base: Constructor): Constructor {
  if (!/^class\b/.test(Function.prototype.toString.call(base))) return base;
  function Callable(this: object, ...args: unknown[]): object {
    return Reflect.construct(base, args, this.constructor as Constructor) as object;
  }
  Callable.prototype = base.prototype;
  return Object.setPrototypeOf(Callable, base) as Constructor;
}

/** The program's tfjs as tfjs-node needs it. */
function tfjsForNode(): object {
  const all = { ...(tf as { default?: object }).default, ...tf } as Record<string, unknown>;
  // What tfjs-node extends.
  for (const name of ['KernelBackend', 'CustomCallback']) {
    all[name] = callable(all[name] as Constructor);
  }
  return all;
}

/**
 * Loads tfjs-node from a folder of ours. There `@tensorflow/tfjs` is an empty object that we fill
 * with the program's own: two copies of tfjs would not see each other's tensors.
 */
async function loadFromFolder(folder: string): Promise<void> {
  const { createRequire } = await nodeModule<ModuleModule>('node:module');
  const require = createRequire(`${folder}/package.json`);
  const failures: Error[] = [];
  for (const name of PACKAGES) {
    try {
      require.resolve(`${name}/package.json`);
    } catch {
      continue;
    }
    try {
      const place = require('@tensorflow/tfjs') as { isPlaceOfTfjs?: boolean };
      if (place.isPlaceOfTfjs) Object.assign(place, tfjsForNode());
      require(name);
      return;
    } catch (cause) {
      failures.push(notLoading(name, folder, cause));
    }
  }
  throw (
    failures[0] ??
    new Error(`There is no @tensorflow/tfjs-node in ${folder}: ${HOW_TO_INSTALL} --dir ${folder}`)
  );
}

function notLoading(name: string, place: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason = message.includes('native addon module') ? 'its addon is not built' : message;
  return new Error(
    `${name} (${place}) does not load: ${reason.split('\n')[0]}. To build it anew: ${HOW_TO_INSTALL}`,
    { cause },
  );
}

const isMissing = (specifier: string, cause: unknown): boolean => {
  const { code, message } = cause as { code?: string; message?: string };
  return /MODULE_NOT_FOUND$/.test(code ?? '') && (message ?? '').includes(specifier);
};

/** Loads a tfjs-node that the program itself has installed; false where it has none. */
async function loadPackage(specifier: string): Promise<boolean> {
  try {
    await import(/* webpackIgnore: true */ /* @vite-ignore */ specifier);
    return true;
  } catch (cause) {
    if (isMissing(specifier, cause)) return false;
    throw notLoading(specifier, 'node_modules', cause);
  }
}

async function loadAny(): Promise<void> {
  const folder = await installedFolder();
  if (environment()[FOLDER_VARIABLE]) return loadFromFolder(folder!);
  let failure: unknown;
  for (const specifier of PACKAGES) {
    try {
      if (await loadPackage(specifier)) return;
    } catch (cause) {
      failure = cause;
    }
  }
  if (folder) return loadFromFolder(folder);
  throw failure ?? new Error(`TensorFlow is not installed: ${HOW_TO_INSTALL}`);
}

/** What runs the tensorflow engine. */
export interface LoadedTensorflow {
  readonly version: string;
  readonly gpu: boolean;
  readonly threads: number;
}

interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

let loaded: LoadedTensorflow | undefined;

/**
 * Loads tfjs-node or tfjs-node-gpu once: from the folder that `CAUSAL_TENSORFLOW_DIR` names, else
 * the program's own packages, else what `causal-engine install tensorflow` has put into the user's
 * cache. The current backend stays what it was.
 * @throws Error telling what to do where there is none, or it does not load.
 */
export async function loadTensorflow(threads: number): Promise<LoadedTensorflow> {
  if (loaded) return loaded;
  if (!isNode()) throw new Error('TensorFlow runs in Node only.');
  const current = tf.engine().backendName;
  configure(threads);
  await restoreNodeUtilities();
  await loadAny();
  const backend = tf.findBackend('tensorflow') as unknown as NodeBackend | undefined;
  if (!backend) throw new Error('tfjs-node was loaded, but its backend did not start.');
  if (current) await tf.setBackend(current);
  loaded = {
    version: backend.binding.TF_Version,
    gpu: backend.isUsingGpuDevice,
    threads: Number(environment()['TF_NUM_INTRAOP_THREADS']),
  };
  return loaded;
}

const isNode = (): boolean =>
  (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !==
  undefined;
