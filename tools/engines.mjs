// Which engines the tests run on, and where each run leaves its result.
import { basename, join } from 'node:path';
import { ROOT, execute } from './workspace.mjs';

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

/** The engines that work on this machine: asks the sources of @causal/backend. */
export async function enginesHere() {
  const program =
    "import { availableEngines } from '@causal/backend';" +
    "console.log('engines=' + (await availableEngines()).join());process.exit(0);";
  const { code, output } = await execute(
    process.execPath,
    ['--conditions=@causal/source', '--import', 'tsx', '--input-type=module', '-e', program],
    { quiet: true, cwd: join(ROOT, 'examples') },
  );
  const line = /^engines=(.+)$/m.exec(output);
  if (code !== 0 || line === null) {
    console.error(`@causal/backend could not say which engines there are:\n${output}`);
    return ['wasm'];
  }
  return ENGINES.filter((engine) => line[1].split(',').includes(engine));
}
