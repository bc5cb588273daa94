/** Names an installation's folder, and wins over every other place: for containers and tests. */
export const FOLDER_VARIABLE = 'CAUSAL_TENSORFLOW_DIR';

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's own folder for what `causal-engine` installs; undefined where there is no home. */
function cacheFolder(env: Environment): string | undefined {
  if (env['XDG_CACHE_HOME']) return `${env['XDG_CACHE_HOME']}/causal-engine`;
  const home = env['HOME'] ?? env['USERPROFILE'];
  return home ? `${home}/.cache/causal-engine` : undefined;
}

/** Where `install tensorflow` goes without `--dir`. */
export function defaultFolder(env: Environment): string | undefined {
  const cache = cacheFolder(env);
  return env[FOLDER_VARIABLE] || (cache && `${cache}/tensorflow`);
}

/** A small file that names the folder of the last installation, so that `--dir` need not be said again. */
export function pointerFile(env: Environment): string | undefined {
  const cache = cacheFolder(env);
  return cache && `${cache}/tensorflow.json`;
}
