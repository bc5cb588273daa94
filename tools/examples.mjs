// Runs every example in its short mode, from the sources: `node tools/examples.mjs [names]`.
// An example that knows no `--short` fails, for nobody would see it rot. Ends with
// `N passed, N failed`.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, execute } from './workspace.mjs';

const FOLDER = join(ROOT, 'examples');
const wanted = process.argv.slice(2);
const names = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
  .map((entry) => entry.name)
  .filter((name) => wanted.length === 0 || wanted.includes(name));

const failed = [];
for (const name of names) {
  console.log(`\n== examples/${name}\n`);
  const main = join('examples', name, 'main.ts');
  if (!existsSync(join(ROOT, main))) {
    console.log(`There is no ${main}.`);
    failed.push(name);
    continue;
  }
  if (!/\bshort\b/.test(readFileSync(join(ROOT, main), 'utf8'))) {
    console.log(`${main} has no short mode: read \`--short\` and do less work.`);
    failed.push(name);
    continue;
  }
  const started = Date.now();
  const { code } = await execute(process.execPath, [
    '--conditions=@causal/source',
    '--import',
    'tsx',
    main,
    '--short',
  ]);
  if (code !== 0) failed.push(name);
  console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
console.log(`\n${names.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length > 0 || names.length === 0 ? 1 : 0);
