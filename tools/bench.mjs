// `npm run bench` lists the benchmarks; `npm run bench -- <name> …` runs bench/<name>/main.ts (or
// .mjs) from the sources and hands the rest of the words on to it; <name>/<script> runs another
// script of the same folder.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { ROOT } from './workspace.mjs';

const main = (name) =>
  ['/main.ts', '/main.mjs', '.ts'].map((end) => join(ROOT, 'bench', name + end)).find(existsSync);

const names = readdirSync(join(ROOT, 'bench'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && main(entry.name) !== undefined)
  .map((entry) => entry.name);

const [wanted, ...rest] = process.argv.slice(2);
if (wanted === undefined) {
  console.log('npm run bench -- <name> [its options]\n');
  for (const name of names) {
    // A benchmark says in its first line what it measures.
    const [firstLine] = readFileSync(main(name), 'utf8').split('\n', 1);
    console.log(`  ${name.padEnd(20)} ${firstLine.replace(/^[/*\s]+|[*/\s]+$/g, '')}`);
  }
  process.exit(0);
}
if (main(wanted) === undefined) {
  console.error(`There is no benchmark '${wanted}'. There are: ${names.join(', ') || 'none yet'}.`);
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  ['--conditions=@causal/source', '--import', 'tsx', main(wanted), ...rest],
  { cwd: ROOT, stdio: 'inherit' },
);
process.exit(status ?? 1);
