import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run';
import type { Machine, Tools } from './requirements';

/** The built addon of a tfjs-node; undefined where there is none. */
export function addonFile(packageFolder: string): string | undefined {
  const lib = join(packageFolder, 'lib');
  if (!existsSync(lib)) return undefined;
  return readdirSync(lib)
    .map((name) => join(lib, name, 'tfjs_binding.node'))
    .find((path) => existsSync(path));
}

/** The compiler's first complaint, or the last lines where there is none. */
function explainBuild(output: string): string {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => /\berror\b|ERR!.*(not found|fail)/i.test(line));
  return (first < 0 ? lines.slice(-8) : lines.slice(first, first + 6)).join('\n  ');
}

/**
 * Builds tfjs-node's addon by its own script, against the library in its `deps/`. Node's headers
 * are those that came with Node where there are any: node-gyp would fetch them.
 */
export async function buildAddon(
  packageFolder: string,
  machine: Machine,
  tools: Tools,
): Promise<string> {
  await rm(join(packageFolder, 'lib'), { recursive: true, force: true });
  const options = [`--python=${tools.python}`];
  if (tools.nodeFolder) options.push(`--nodedir=${tools.nodeFolder}`);
  const { code, output } = await run(
    tools.npm,
    ['run', 'build-addon-from-source', '--loglevel=error', '--', ...options],
    { cwd: packageFolder, env: machine.env },
  );
  await rm(join(packageFolder, 'build'), { recursive: true, force: true });
  const addon = addonFile(packageFolder);
  if (code === 0 && addon) return addon;
  const headers = tools.nodeFolder
    ? ''
    : "\nNode's headers were not found beside this Node, so node-gyp had to fetch them: where it " +
      'cannot, name a folder with include/node in the environment variable npm_config_nodedir.';
  throw new Error(`The addon could not be built:\n  ${explainBuild(output)}${headers}`);
}
