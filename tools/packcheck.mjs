// Is one built package right for those who install it? Run in the package's folder: each entry is
// imported by Node as ESM and as CommonJS, publint judges manifest and files, attw the types under
// every way of resolving modules.
import { existsSync, readFileSync } from 'node:fs';
import { execute } from './workspace.mjs';

const cwd = process.cwd();
const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'));

function stop(message) {
  console.error(message);
  process.exit(1);
}

/** The names that an entry exports, as Node sees them. */
async function exported(entry, how) {
  const load = how === 'import' ? `await import('${entry}')` : `require('${entry}')`;
  const program = `console.log('names=' + Object.keys(${load}).sort());process.exit(0);`;
  const type = `--input-type=${how === 'import' ? 'module' : 'commonjs'}`;
  const { code, output } = await execute(process.execPath, [type, '-e', program], {
    cwd,
    quiet: true,
  });
  if (code !== 0) stop(`${how} of ${entry} fails:\n${output}`);
  return /^names=(.*)$/m.exec(output)[1];
}

for (const file of ['README.md']) if (!existsSync(file)) stop(`${name} has no ${file}.`);

for (const [key, target] of Object.entries(exports)) {
  if (typeof target === 'string') continue;
  const entry = name + key.slice(1);
  const [esm, cjs] = [await exported(entry, 'import'), await exported(entry, 'require')];
  if (esm === '') stop(`${entry} exports nothing.`);
  if (esm !== cjs) stop(`${entry} exports ${esm} as ESM but ${cjs} as CommonJS.`);
  console.log(`${entry}: ESM and CommonJS load, ${esm.split(',').length} names`);
}

const judges = [
  ['publint', ['--strict']],
  ['attw', ['--pack', '.', '--profile', 'node16', '--no-emoji']],
];
for (const [command, args] of judges) {
  const { code } = await execute(command, args, { cwd });
  if (code !== 0) process.exit(code);
}
