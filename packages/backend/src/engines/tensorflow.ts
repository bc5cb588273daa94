import * as tf from '@tensorflow/tfjs';
import { installGradients } from '../gradients';
import type { Engine } from './engine';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** tfjs-node calls these two, which Node ≥ 23 no longer has. */
async function restoreNodeUtilities(): Promise<void> {
  const specifier = 'node:util';
  const module = (await import(/* webpackIgnore: true */ /* @vite-ignore */ specifier)) as {
    default: Record<string, unknown>;
  };
  module.default['isNullOrUndefined'] ??= (x: unknown) => x === null || x === undefined;
  module.default['isArray'] ??= Array.isArray;
}

let loaded: string | undefined;

/** Loads tfjs-node-gpu or tfjs-node, whichever works first; says which. */
async function load(): Promise<string> {
  if (loaded) return loaded;
  const causes: unknown[] = [];
  // Loading the package makes it the current backend; probing must not.
  const current = tf.engine().backendName;
  for (const specifier of PACKAGES) {
    try {
      await restoreNodeUtilities();
      await import(/* webpackIgnore: true */ /* @vite-ignore */ specifier);
      if (current) await tf.setBackend(current);
      loaded = specifier;
      return specifier;
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new Error(
    'Neither @tensorflow/tfjs-node nor @tensorflow/tfjs-node-gpu is installed and loads here: ' +
      'npm install @tensorflow/tfjs-node (its installer downloads libtensorflow).',
    { cause: causes },
  );
}

/** TensorFlow's C library through tfjs-node, on CPU or CUDA. */
export const tensorflow: Engine = {
  name: 'tensorflow',
  device: 'libtensorflow',
  async probe() {
    await load();
  },
  async start(threads) {
    await load();
    installGradients();
    if (!(await tf.setBackend('tensorflow'))) {
      throw new Error('The tensorflow engine did not start.');
    }
    return threads;
  },
};
