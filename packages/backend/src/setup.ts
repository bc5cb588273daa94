import { checkChoice, checkKeys, checkNumber } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { cpu } from './engines/cpu';
import type { Engine, EngineName } from './engines/engine';
import { onnxruntime } from './engines/onnxruntime';
import { tensorflow } from './engines/tensorflow';
import { wasm } from './engines/wasm';
import { webgpu } from './engines/webgpu';

export type { EngineName } from './engines/engine';

/** Fastest first: the order in which `'auto'` tries them. */
const engines: readonly Engine[] = [tensorflow, onnxruntime, webgpu, wasm, cpu];

export interface SetupEngineOptions {
  /** Which engine; `'auto'` (default) takes the fastest one there is. */
  readonly engine?: EngineName | 'auto';
  /**
   * Threads for engines that have them (tensorflow, onnxruntime, wasm). Default: the processors
   * there are, at most 8. Fixed by the first call that starts the engine, for tensorflow by the
   * first that loads it, which `availableEngines()` does too; wasm takes another count at any time,
   * in Node and in cross-origin-isolated pages, as long as onnxruntime was not started.
   */
  readonly threads?: number;
}

export interface EngineInfo {
  readonly name: EngineName;
  readonly device: string;
  readonly threads: number;
  /** Why each faster engine was not taken. */
  readonly reasons: Readonly<Partial<Record<EngineName, string>>>;
}

/** Processors that this process may use, without importing a Node built-in. */
function processors(): number {
  const { process, navigator } = globalThis as {
    process?: { getBuiltinModule?(name: string): { availableParallelism(): number } };
    navigator?: { hardwareConcurrency?: number };
  };
  return (
    process?.getBuiltinModule?.('node:os').availableParallelism() ??
    navigator?.hardwareConcurrency ??
    1
  );
}

const defaultThreads = (): number => Math.min(processors(), 8);

/**
 * Starts an engine for TensorFlow.js and makes it the current backend. Safe to call again, with the
 * same engine or another.
 *
 * `'auto'` takes the first that works of tensorflow (where installed), onnxruntime
 * (where onnxruntime-node is installed), webgpu (a real adapter), wasm (always in the package) and
 * cpu; `reasons` says why the earlier ones were passed over.
 * @throws TypeError on unknown options, RangeError on an engine or a count of threads that there is
 * not. Error if an engine was asked for by name and cannot run here: it says what to install.
 */
export function setupEngine(options: SetupEngineOptions = {}): Promise<EngineInfo> {
  const started = before.then(() => start(options));
  before = started.catch(() => {});
  return started;
}

/** tfjs gives up one change of backend for the next: calls at the same time wait for each other. */
let before: Promise<unknown> = Promise.resolve();

async function start(options: SetupEngineOptions): Promise<EngineInfo> {
  // A name alone would be taken for no options, and 'auto' for the engine.
  if (typeof options === 'string') {
    throw new TypeError(
      `setupEngine: expected an object such as { engine: '${String(options)}' }, got the text itself.`,
    );
  }
  checkKeys(options, ['engine', 'threads'], 'setupEngine', { backend: 'engine', name: 'engine' });
  const { engine: wanted = 'auto', threads = defaultThreads() } = options;
  checkNumber(threads, 'threads', 'setupEngine', { integer: true, least: 1 });
  const names = engines.map(({ name }) => name);
  checkChoice(wanted, ['auto', ...names], 'engine', 'setupEngine');
  const candidates = wanted === 'auto' ? engines : engines.filter(({ name }) => name === wanted);
  const reasons: Partial<Record<EngineName, string>> = {};
  for (const engine of candidates) {
    try {
      const asked = wanted === 'auto' ? undefined : engine.present;
      await (asked ?? engine.probe)(threads);
      const used = await engine.start(threads);
      await tf.ready();
      return { name: engine.name, device: engine.device, threads: used, reasons };
    } catch (cause) {
      const reason = reasonOf(cause);
      if (wanted !== 'auto') {
        throw new Error(`The engine '${wanted}' cannot run here. ${reason}`, { cause });
      }
      reasons[engine.name] = reason;
    }
  }
  throw new Error(`No engine runs here: ${JSON.stringify(reasons)}`);
}

/**
 * What an engine said, and what is behind it where code runs without `import()`: Jest runs
 * CommonJS in contexts that refuse it, whatever the engine then says.
 */
function reasonOf(cause: unknown): string {
  const own = cause instanceof Error ? cause.message : String(cause);
  for (let at = cause; at !== undefined && at !== null; at = (at as { cause?: unknown }).cause) {
    const { code, message } = at as { code?: unknown; message?: unknown };
    if (
      String(code).startsWith('ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING') ||
      /experimental-vm-modules|ES Modules in the VM API/.test(String(message))
    ) {
      return `${own} The code runs where import() is refused, as in Jest by default: start it with NODE_OPTIONS=--experimental-vm-modules.`;
    }
  }
  return own;
}

/** Engines that can run here, fastest first. Changes no backend. */
export async function availableEngines(): Promise<EngineName[]> {
  return (await engineStates()).filter(({ reason }) => !reason).map(({ name }) => name);
}

/** Every engine, what it runs on, and why it cannot run here if it cannot. */
export async function engineStates(): Promise<
  { name: EngineName; device: string; reason?: string }[]
> {
  const states = [];
  for (const engine of engines) {
    const { name } = engine;
    try {
      await engine.probe(defaultThreads());
      states.push({ name, device: engine.device });
    } catch (cause) {
      const reason = reasonOf(cause);
      states.push({ name, device: engine.device, reason });
    }
  }
  return states;
}
