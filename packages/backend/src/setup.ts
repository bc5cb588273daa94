import * as tf from '@tensorflow/tfjs';
import { startOnnxruntime } from './engines/onnxruntime';
import { startCpu } from './engines/cpu';
import { startWasm } from './engines/wasm';

export type EngineName = 'tensorflow' | 'onnxruntime' | 'webgpu' | 'wasm' | 'cpu';

export interface SetupEngineOptions {
  /** Which engine; `'auto'` (default) takes the fastest one there is. */
  readonly engine?: EngineName | 'auto';
  /** Threads for engines that have them. */
  readonly threads?: number;
}

export interface EngineInfo {
  readonly name: EngineName;
  readonly device: string;
  readonly threads: number;
  /** Why each faster engine was not taken. */
  readonly reasons: Readonly<Partial<Record<EngineName, string>>>;
}

export async function setupEngine(options: SetupEngineOptions = {}): Promise<EngineInfo> {
  const name = options.engine === undefined || options.engine === 'auto' ? 'wasm' : options.engine;
  if (name === 'wasm') await startWasm();
  else if (name === 'onnxruntime') await startOnnxruntime(options.threads ?? 2);
  else if (name === 'cpu') await startCpu();
  else await tf.setBackend(name);
  await tf.ready();
  return { name, device: name, threads: 1, reasons: {} };
}

export async function availableEngines(): Promise<EngineName[]> {
  return ['wasm', 'cpu'];
}
