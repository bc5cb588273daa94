// One package's tests on one engine: `node ../../tools/test-package.mjs <engine>` in its folder.
// On wasm every test runs; on another engine the files that ask for an engine (`useEngine`).
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { resultFile } from './engines.mjs';
import { ROOT, execute } from './workspace.mjs';

const engine = process.argv[2] ?? 'wasm';
const root = relative(ROOT, process.cwd());
const result = join(ROOT, resultFile(root, engine));

const testFiles = readdirSync(join(ROOT, root, 'src'), { recursive: true })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => join(ROOT, root, 'src', file));
const chosen =
  engine === 'wasm'
    ? testFiles
    : testFiles.filter((file) => readFileSync(file, 'utf8').includes('useEngine('));

mkdirSync(join(result, '..'), { recursive: true });
rmSync(result, { force: true });

if (testFiles.length === 0) {
  console.error(`${root} has no tests: write src/<name>.test.ts beside the sources.`);
  process.exit(1);
}
if (chosen.length === 0) {
  writeFileSync(result, JSON.stringify({ numPassedTests: 0, numFailedTests: 0, testResults: [] }));
  console.log(`${root}: no test of it depends on the engine, nothing to repeat on ${engine}`);
  process.exit(0);
}
const { code } = await execute(
  'jest',
  [
    '-c',
    join(ROOT, 'jest.config.mjs'),
    '--rootDir',
    '.',
    '-i',
    '--json',
    '--outputFile',
    result,
  ].concat(['--runTestsByPath', ...chosen]),
  { cwd: process.cwd(), env: { CAUSAL_ENGINE: engine } },
);
process.exit(code);
