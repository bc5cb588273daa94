// Which engines the tests run on, and where each run leaves its result.
import { basename } from 'node:path';

/** Every engine of @causal/backend, in the order in which tests are run. */
export const ENGINES = ['wasm', 'onnxruntime', 'tensorflow', 'webgpu', 'cpu'];

/**
 * The cpu engine is plain JavaScript, some fifty times slower than wasm, and nobody trains on it:
 * it is tested where its tensors are small, as the independent second opinion on the mathematics.
 */
const SMALL_ON_CPU = ['linalg', 'scm', 'dag-constraints', 'divergences'];

/** The folder, in a checkout, that holds the results of tests; relative to the workspace. */
export const RESULTS = '.cache/results';

/** @param {string} root folder of a package, such as `packages/graph` */
export function resultFile(root, engine) {
  return `${RESULTS}/${basename(root)}.${engine}.json`;
}

/** @param {string} root folder of a package */
export function runsOn(root, engine) {
  return engine !== 'cpu' || SMALL_ON_CPU.includes(basename(root));
}
