// Can every law of the algebra fail? Breaks the sources once for each family of tests, in a copy, and
// records which tests notice: `node bench/algebra/mutations.mjs [--models] [family …]`. The list of the
// algebra goes to results/mutations.json, that of the models to results/model-mutations.json.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutations as ofModels } from './model-mutation-list.mjs';
import { mutations as ofAlgebra } from './mutation-list.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'mutations-'));
const models = process.argv.includes('--models');
const wanted = process.argv.slice(2).filter((word) => word !== '--models');
const mutations = models ? ofModels : ofAlgebra;

/** A copy of the sources whose packages see each other, and everything else where it is. */
function prepare() {
  mkdirSync(join(copy, 'node_modules/@causal'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name === '@causal' || name.startsWith('.')) continue;
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  }
  for (const name of readdirSync(join(root, 'packages'))) {
    cpSync(join(root, 'packages', name), join(copy, 'packages', name), {
      recursive: true,
      filter: (path) => !/[/\\](dist|node_modules)$/.test(path),
    });
    const manifest = readFileSync(join(copy, 'packages', name, 'package.json'), 'utf8');
    symlinkSync(
      join(copy, 'packages', name),
      join(copy, 'node_modules', JSON.parse(manifest).name),
    );
  }
  for (const file of ['jest.config.mjs', 'package.json']) {
    cpSync(join(root, file), join(copy, file));
  }
}

/** Names of the tests that passed and that failed, of a whole package or of one family. */
function run(packageName, ...only) {
  const out = join(copy, 'result.json');
  rmSync(out, { force: true });
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const rootDir = join(copy, 'packages', packageName);
  const args = ['-c', join(copy, 'jest.config.mjs'), '--rootDir', rootDir, '-i', '--silent'];
  spawnSync(process.execPath, [jest, ...args, '--json', `--outputFile=${out}`, ...only], {
    cwd: copy,
    stdio: 'ignore',
  });
  const { testResults } = JSON.parse(readFileSync(out, 'utf8'));
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const named = (status) =>
    all.filter((test) => test.status === status).map((test) => test.fullName);
  return { passed: named('passed'), failed: named('failed') };
}

/** Changes a source of the copy; returns what changes it back. */
function mutate({ file, from, to }) {
  const path = join(copy, 'packages', file);
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2) {
    throw new Error(`${file}: "${from}" must be there exactly once; the list is out of date.`);
  }
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  return () => writeFileSync(path, source);
}

/** Results so far: a run that is cut short leaves what it found. */
function save(rows, of) {
  if (wanted.length > 0) return;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root });
  const what = models ? 'the models' : 'each family of laws';
  const report = {
    what: `mutations of the sources for ${what}, and the tests that noticed them`,
    commit: commit.toString().trim(),
    date: new Date().toISOString(),
    run: `${rows.length} of ${of}`,
    rows,
  };
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  const out = new URL(`results/${models ? 'model-' : ''}mutations.json`, import.meta.url);
  writeFileSync(out, JSON.stringify(report, null, 2) + '\n');
}

const rows = [];
try {
  prepare();
  const chosen = mutations.filter(
    ({ family }) => wanted.length === 0 || wanted.some((word) => family.includes(word)),
  );
  // What fails must have passed before.
  const before = new Map();
  for (const mutation of chosen) {
    const { family, tests, name, file, from, to } = mutation;
    const [packageName, ...path] = tests.split('/');
    const where = `src/${path.join('/')}$`;
    // Once for each file, of the tests that any of its mutations names.
    const named = chosen.filter((other) => other.tests === tests).map((other) => other.name);
    const sound = before.get(tests) ?? run(packageName, '-t', named.join('|'), where).passed;
    before.set(tests, sound);
    const restore = mutate(mutation);
    const failed = run(packageName, '-t', name, where).failed;
    restore();
    const noticed = failed.length > 0 && failed.every((test) => sound.includes(test));
    rows.push({ family, file, from, to, noticed, failed });
    save(rows, chosen.length);
    process.stdout.write(`${noticed ? 'noticed' : 'MISSED '} ${family}: ${file}\n`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
const missed = rows.filter(({ noticed }) => !noticed).length;
process.stdout.write(`${rows.length - missed} of ${rows.length} mutations noticed\n`);
process.exitCode = missed === 0 ? 0 : 1;
