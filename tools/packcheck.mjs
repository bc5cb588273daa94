// Is one built package right for those who install it? Run in the package's folder: each entry is
// imported by Node as ESM and as CommonJS, publint judges manifest and files, attw the types under
// every way of resolving modules. The README links to nothing that is not published beside it, and
// every option is documented in the built types (tools/options-docs.mjs).
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { checkOptionsDocs } from './options-docs.mjs';
import { execute } from './workspace.mjs';

const cwd = process.cwd();
const { name, exports, files } = JSON.parse(readFileSync('package.json', 'utf8'));

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

const readme = readFileSync('README.md', 'utf8').replace(/```[^]*?```/g, '');
for (const [, target] of readme.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
  if (/^[a-z]+:/.test(target)) continue;
  const file = normalize(target);
  const published = files.some((entry) => `${file}/`.startsWith(`${normalize(entry)}/`));
  if (!published || !existsSync(file)) {
    stop(
      `README.md links to ${target}, which those who install ${name} do not have: name it instead.`,
    );
  }
}

/**
 * Packages whose options are still types inferred from a schema, or say no default. Take one off the
 * list when its last fault is mended: it is an error to be here without one.
 */
const OPTIONS_NOT_YET = [
  '@causal/graph',
  '@causal/scm',
  '@causal/dag-constraints',
  '@causal/divergences',
  '@causal/datasets',
  '@causal/metrics',
  '@causal/models',
  '@causal/vae',
  '@causal/wae',
];

const declarations = Object.values(exports)
  .filter((target) => typeof target !== 'string')
  .map((target) => join(cwd, target.import.types));
const { types, options, faults } = checkOptionsDocs(declarations);
const tolerated = OPTIONS_NOT_YET.includes(name);
if (faults.length > 0) console.error(`${faults.length} options:\n  ${faults.join('\n  ')}`);
if (faults.length > 0 && !tolerated) {
  stop('Options without a sentence or a default in the built types: see tools/options-docs.mjs.');
}
if (faults.length === 0 && tolerated)
  stop(`Take ${name} off OPTIONS_NOT_YET in tools/packcheck.mjs.`);
console.log(`${options} options of ${types} types are documented`);

const judges = [
  ['publint', ['--strict']],
  ['attw', ['--pack', '.', '--profile', 'node16', '--no-emoji']],
];
for (const [command, args] of judges) {
  const { code } = await execute(command, args, { cwd });
  if (code !== 0) process.exit(code);
}
