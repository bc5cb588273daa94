// Is one built package right for those who install it? publint (manifest, files, formats) and
// attw (its types under every way of resolving modules), run in the package's folder.
import { execute } from './workspace.mjs';

const cwd = process.cwd();
const checks = [
  ['publint', ['--strict']],
  ['attw', ['--pack', '.', '--profile', 'node16', '--no-emoji']],
];
for (const [command, args] of checks) {
  const { code } = await execute(command, args, { cwd });
  if (code !== 0) process.exit(code);
}
