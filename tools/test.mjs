// `npm test`: every package's tests on wasm, and on each other engine there is on this machine.
// `npm test -- graph scm --engine=wasm` narrows it. Cached by Nx; ends with `N passed, N failed`.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINES, RESULTS, enginesHere, resultFile, runsOn } from './engines.mjs';
import { ROOT, execute, publicPackages } from './workspace.mjs';

const words = process.argv.slice(2);
const wantedEngine = words.find((word) => word.startsWith('--engine='))?.slice('--engine='.length);
const wantedPackages = words.filter((word) => !word.startsWith('-'));

const all = publicPackages();
const unknown = [
  ...wantedPackages.filter((name) => !all.some((entry) => entry.name === name)),
  ...(wantedEngine && !ENGINES.includes(wantedEngine) ? [wantedEngine] : []),
  ...words.filter((word) => word.startsWith('-') && !word.startsWith('--engine=')),
];
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}.`);
  console.error(`Packages: ${all.map((entry) => entry.name).join(', ')}.`);
  console.error(`Engines (--engine=…): ${ENGINES.join(', ')}.`);
  process.exit(2);
}

/** What one run of one package left: counts, and the names of what failed. */
function readResult({ root, name }, engine) {
  const file = join(ROOT, resultFile(root, engine));
  if (!existsSync(file)) {
    return { passed: 0, failed: 1, skipped: 0, failures: [`${name} on ${engine}: did not run`] };
  }
  const result = JSON.parse(readFileSync(file, 'utf8'));
  const failures = [];
  for (const suite of result.testResults) {
    const broken = suite.assertionResults.filter((test) => test.status === 'failed');
    for (const test of broken) failures.push(`${name} on ${engine}: ${test.fullName}`);
    if (suite.status === 'failed' && broken.length === 0) {
      failures.push(`${name} on ${engine}: ${suite.name} failed to run`);
    }
  }
  return {
    passed: result.numPassedTests,
    failed: failures.length,
    skipped: (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0),
    failures,
  };
}

const engines = wantedEngine ? [wantedEngine] : await enginesHere();
if (!wantedEngine && engines.length === 1) console.log(`Only ${engines[0]} works on this machine.`);
rmSync(join(ROOT, RESULTS), { recursive: true, force: true });

const rows = [];
let unexplained = 0;
for (const engine of engines) {
  const tested = all.filter(
    (entry) =>
      (wantedPackages.length === 0 || wantedPackages.includes(entry.name)) &&
      (engine === 'wasm' || (entry.usesTensors && runsOn(entry.root, engine))),
  );
  if (tested.length === 0) continue;
  console.log(`\n== ${engine}: ${tested.map((entry) => entry.name).join(', ')}\n`);
  const { code } = await execute(
    'nx',
    ['run-many', '-t', engine === 'wasm' ? 'test' : `test-${engine}`]
      .concat(['-p', tested.map((entry) => entry.manifest.name).join(',')])
      .concat(['--output-style=static', '--nxBail=false']),
  );
  const results = tested.map((entry) => ({
    name: entry.name,
    engine,
    ...readResult(entry, engine),
  }));
  rows.push(...results);
  if (code !== 0 && results.every((row) => row.failed === 0)) unexplained++;
}

console.log('\npackage          engine        passed failed skipped');
for (const { name, engine, passed, failed, skipped } of rows) {
  const counts = [passed, failed, skipped].map((count) => String(count).padStart(6)).join(' ');
  console.log(`${name.padEnd(16)} ${engine.padEnd(12)} ${counts}`);
}
const failures = rows.flatMap((row) => row.failures);
if (failures.length > 0)
  console.log(`\nFailed:\n${failures.map((line) => `  ${line}`).join('\n')}`);
if (unexplained > 0) console.log('\nNx failed though every test it reported passed: see above.');

const passed = rows.reduce((sum, row) => sum + row.passed, 0);
const failed = rows.reduce((sum, row) => sum + row.failed, 0) + unexplained;
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
