import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the system keeps what can be made again. */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'causal-datasets');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'causal-datasets');
  if (platform === 'win32' && env['LOCALAPPDATA']) {
    return join(env['LOCALAPPDATA'], 'causal-datasets', 'Cache');
  }
  return join(homedir(), '.cache', 'causal-datasets');
}
