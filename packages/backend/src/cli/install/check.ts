import * as tf from '@tensorflow/tfjs';
import { FOLDER_VARIABLE } from '../../tensorflow/location';
import { setupEngine } from '../../setup';
import { run, type Environment } from './run';

/** Word that makes the command check an installation, in a process of its own: it may crash. */
export const CHECK_COMMAND = 'check-tensorflow';

/** A matrix product on the tensorflow engine against plain JavaScript; says what it ran on. */
export async function checkByMatMul(): Promise<string> {
  const { device } = await setupEngine({ engine: 'tensorflow' });
  const n = 64;
  const a = Float32Array.from({ length: n * n }, (_, i) => ((i * 37) % 101) / 101 - 0.5);
  const b = Float32Array.from({ length: n * n }, (_, i) => ((i * 53) % 97) / 97 - 0.5);
  const product = tf.tidy(() =>
    tf.matMul(tf.tensor2d(a, [n, n]), tf.tensor2d(b, [n, n])).dataSync<'float32'>(),
  );
  for (let i = 0; i < n * n; i++) {
    let expected = 0;
    for (let k = 0; k < n; k++) expected += a[i - (i % n) + k]! * b[k * n + (i % n)]!;
    if (!(Math.abs(product[i]! - expected) < 1e-4)) {
      throw new Error(`TensorFlow's matrix product is wrong: ${product[i]} for ${expected}.`);
    }
  }
  return device;
}

/** Runs the check in a process of its own; returns the device that it names. */
export async function checkInstallation(folder: string, env: Environment): Promise<string> {
  const { code, output } = await run(
    process.execPath,
    [...process.execArgv, process.argv[1]!, CHECK_COMMAND],
    { env: { ...env, [FOLDER_VARIABLE]: folder } },
  );
  const device = /^device: (.+)$/m.exec(output)?.[1];
  if (code !== 0 || !device) {
    throw new Error(`The addon was built but does not compute (exit ${code}):\n  ${output.trim()}`);
  }
  return device;
}
