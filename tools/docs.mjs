// `npm run docs` writes the pages of every public name to docs/api/. `npm run docs -- --check` reads the
// sources in the same way and writes nothing. Both fail on a warning: a link that leads nowhere, a
// public type that speaks of one that is not exported, an unknown tag. Also held: a package that
// publishes a part for Node (`exports['./node']`) has it documented.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, execute, publicPackages } from './workspace.mjs';

const words = process.argv.slice(2);
const check = words.includes('--check');
const unknown = words.filter((word) => word !== '--check');
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. There is: --check.`);
  process.exit(2);
}

const undocumented = publicPackages().filter(({ root, manifest }) => {
  if (manifest.exports['./node'] === undefined) return false;
  const file = join(ROOT, root, 'typedoc.json');
  const { entryPoints = [] } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  return !entryPoints.includes('src/node/index.ts');
});
for (const { root } of undocumented) {
  console.error(
    `${root}/typedoc.json must list src/index.ts and src/node/index.ts as entryPoints.`,
  );
}

const { code } = await execute('typedoc', [
  '--treatWarningsAsErrors',
  ...(check ? ['--emit', 'none'] : []),
]);
process.exit(code === 0 && undocumented.length === 0 ? 0 : 1);
