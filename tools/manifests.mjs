// Where the project lives, in every package.json: `node tools/manifests.mjs` writes homepage, bugs and
// repository of each public package, `--check` (part of `npm run lint`) says where one is not as it
// would be written. The address is this one constant. While there is none, the fields that need it are
// left out: a made-up address would be worse than none.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { ROOT, publicPackages } from './workspace.mjs';

/** The public address of the repository, without a slash at its end. */
const ADDRESS = undefined;

/** The manifest with the fields that say where a package lives, in npm's usual place. */
function placed(manifest, root) {
  const { homepage, bugs, repository, ...rest } = manifest;
  const fields = {
    ...(ADDRESS && { homepage: `${ADDRESS}/tree/main/${root}#readme` }),
    ...(ADDRESS && { bugs: { url: `${ADDRESS}/issues` } }),
    repository: { type: 'git', ...(ADDRESS && { url: `git+${ADDRESS}.git` }), directory: root },
  };
  const entries = Object.entries(rest);
  const at = entries.findIndex(([key]) => key === 'main' || key === 'exports');
  return Object.fromEntries([
    ...entries.slice(0, at),
    ...Object.entries(fields),
    ...entries.slice(at),
  ]);
}

const check = process.argv.includes('--check');
const wrong = [];
for (const { root, manifest } of publicPackages()) {
  const file = join(ROOT, root, 'package.json');
  const text = await format(JSON.stringify(placed(manifest, root)), { parser: 'json-stringify' });
  if (JSON.stringify(JSON.parse(text)) === JSON.stringify(JSON.parse(readFileSync(file, 'utf8')))) {
    continue;
  }
  wrong.push(root);
  if (!check) writeFileSync(file, text);
}
if (check && wrong.length > 0) {
  console.error(
    `Run node tools/manifests.mjs: homepage, bugs or repository of ${wrong.join(', ')}.`,
  );
}
process.exit(check && wrong.length > 0 ? 1 : 0);
