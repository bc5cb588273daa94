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

const target = (engine) => (engine === 'wasm' ? 'test' : `test-${engine}`);
const runs = engines.flatMap((engine) =>
  all
    .filter(
      (entry) =>
        (wantedPackages.length === 0 || wantedPackages.includes(entry.name)) &&
        (engine === 'wasm' || (entry.usesTensors && runsOn(entry.root, engine))),
    )
    .map((entry) => ({ entry, engine })),
);
if (runs.length === 0) {
  console.error('No test of these packages runs on that engine.');
  process.exit(2);
}
const enginesUsed = engines.filter((engine) => runs.some((run) => run.engine === engine));
const tested = all.filter((entry) => runs.some((run) => run.entry === entry));
console.log(`\n== ${enginesUsed.join(', ')}: ${tested.map((entry) => entry.name).join(', ')}\n`);
// One call for all engines: no core waits for the last package of an engine. Nx starts first what took
// longest the last time.
const { code } = await execute(
  'nx',
  ['run-many', '-t', enginesUsed.map(target).join(',')]
    .concat(['-p', tested.map((entry) => entry.manifest.name).join(',')])
    .concat(['--output-style=static', '--nxBail=false']),
);
const rows = runs.map(({ entry, engine }) => ({
  name: entry.name,
  engine,
  ...readResult(entry, engine),
}));
const unexplained = code !== 0 && rows.every((row) => row.failed === 0) ? 1 : 0;

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
