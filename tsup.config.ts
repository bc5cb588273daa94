import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig } from 'tsup';

// One build for every package: the entries are the sources named in its exports map.
const pkg = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, string | Record<string, unknown>>;
  bin?: Record<string, string>;
};
const entry: Record<string, string> = {};
for (const [key, target] of Object.entries(pkg.exports)) {
  if (typeof target === 'string') continue;
  entry[key === '.' ? 'index' : key.slice(2)] = target['@causal/source'] as string;
}
for (const file of Object.values(pkg.bin ?? {})) {
  const name = file.replace(/^.*\/|\.js$/g, '');
  entry[name] = `src/${name}/main.ts`;
}
// Programs of worker threads lie beside the code that starts them: dist/<name>.worker.js and .cjs.
for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
  if (file.endsWith('.worker.ts')) entry[basename(file, '.ts')] = `src/${file}`;
}

export default defineConfig({
  entry,
  format: ['esm', 'cjs'],
  dts: { compilerOptions: { noEmit: false, ignoreDeprecations: '6.0' } },
  target: 'es2022',
  platform: 'neutral',
  external: [/^node:/, /^[@a-z]/],
  sourcemap: true,
  clean: true,
  treeshake: true,
  shims: false,
  splitting: true,
  // The sources are published beside: maps point to them.
  esbuildOptions: (options) => {
    options.sourcesContent = false;
  },
});
