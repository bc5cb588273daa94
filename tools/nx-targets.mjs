// Nx targets of every package, inferred in one place (no scripts copied into each package.json).
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ENGINES, resultFile, runsOn } from './engines.mjs';

const run = (command, root) => ({ executor: 'nx:run-commands', options: { command, cwd: root } });

/** One cached test target an engine that the package is tested on: `test` on wasm, `test-cpu` and so on beside it. */
function testTargets(root, usesTensors) {
  const targets = {};
  for (const engine of usesTensors ? ENGINES.filter((name) => runsOn(root, name)) : ['wasm']) {
    targets[engine === 'wasm' ? 'test' : `test-${engine}`] = {
      ...run(`node ../../tools/test-package.mjs ${engine}`, root),
      cache: true,
      inputs: ['tested', '^sources'],
      outputs: [`{workspaceRoot}/${resultFile(root, engine)}`],
    };
  }
  return targets;
}

export const name = 'causal-targets';

export const createNodesV2 = [
  'packages/*/package.json',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const root = dirname(file);
      const manifest = JSON.parse(readFileSync(`${workspaceRoot}/${file}`, 'utf8'));
      const usesTensors = Boolean(manifest.peerDependencies?.['@tensorflow/tfjs']);
      const targets = manifest.private
        ? {}
        : {
            build: run('tsup --config ../../tsup.config.ts', root),
            packcheck: run('node ../../tools/packcheck.mjs', root),
            ...testTargets(root, usesTensors),
          };
      return [file, { projects: { [root]: { targets } } }];
    }),
];
