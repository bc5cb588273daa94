// tfjs-core's own operator, gradient and optimiser tests on one of our engines:
//   node tools/conformance.mjs [wasm | onnxruntime | tensorflow | cpu | stock] [--verbose]
// `stock` is tfjs-backend-wasm without us, for comparison. Fails on any failure that
// conformance/exceptions.json does not list, and on any listed one that has come to pass.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { installJasmine, runAll } from './conformance/jasmine.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const engine = process.argv[2] ?? process.env['CAUSAL_ENGINE'] ?? 'wasm';
const verbose = process.argv.includes('--verbose');

const core = join(root, 'node_modules/@tensorflow/tfjs-core');
const wasm = join(root, 'node_modules/@tensorflow/tfjs-backend-wasm');
// Pixels of the DOM: there is none here.
const outside = /(from_pixels|to_pixels)/;
const tests = readdirSync(join(core, 'dist/ops'), { recursive: true })
  .filter((file) => file.endsWith('_test.js') && !outside.test(file))
  .map((file) => `ops/${file}`)
  .concat(
    'gradients_test.js',
    ...readdirSync(join(core, 'dist/optimizers'))
      .filter((file) => file.endsWith('_test.js'))
      .map((file) => `optimizers/${file}`),
  );

const folder = join(root, '.cache/conformance');
mkdirSync(folder, { recursive: true });
const backend = engine === 'stock' ? 'wasm' : engine;
const text = JSON.stringify;
writeFileSync(
  join(folder, 'entry.mjs'),
  `import '@tensorflow/tfjs';
import { registerTestEnv } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { setupEngine } from ${text(join(root, 'packages/backend/src/index.ts'))};
setWasmPaths(${text(wasm + '/dist/')});
registerTestEnv({ name: 'engine', backendName: ${text(backend)}, isDataSync: true });
globalThis.conformance = {
  setup: () => ${engine === 'stock' ? "tf.setBackend('wasm')" : `setupEngine({ engine: ${text(engine)} })`},
};
`,
);
writeFileSync(
  join(folder, 'all.mjs'),
  ["import './entry.mjs';", ...tests.map((t) => `import ${text(join(core, 'dist', t))};`)].join(
    '\n',
  ),
);
writeFileSync(join(folder, 'no-jasmine.cjs'), 'exports.core = () => ({});\n');
await build({
  entryPoints: [join(folder, 'all.mjs')],
  outfile: join(folder, 'bundle.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  mainFields: ['module', 'main'],
  conditions: ['@causal/source'],
  ignoreAnnotations: true,
  logLevel: 'error',
  alias: { 'jasmine-core/lib/jasmine-core/jasmine.js': join(folder, 'no-jasmine.cjs') },
});

installJasmine();
globalThis.__filename = join(folder, 'bundle.cjs');
const warn = console.warn;
// Some of the tests draw without a seed and judge what now and then falls outside (Park–Miller).
let drawn = 1;
Math.random = () => (drawn = (drawn * 48271) % 2147483647) / 2147483647;
console.warn = () => {}; // tests that register kernels twice on purpose, and much else
require(join(folder, 'bundle.cjs'));
await globalThis.conformance.setup();

const exceptions = JSON.parse(
  readFileSync(new URL('conformance/exceptions.json', import.meta.url), 'utf8'),
);
const listed = exceptions.filter((e) => !e.engines || e.engines.includes(engine));
const counts = new Map(listed.map((exception) => [exception, 0]));
let passed = 0;
const failed = [];
await runAll((name, errors) => {
  if (errors.length === 0) {
    passed++;
    return;
  }
  const known = listed.find(
    (e) =>
      (!e.test || name.includes(e.test)) &&
      (!e.error || errors.some((error) => String(error?.message ?? error).includes(e.error))),
  );
  if (known) {
    counts.set(known, counts.get(known) + 1);
    if (verbose) process.stdout.write(`listed ${name}\n`);
  } else {
    failed.push(name);
    const first = String(errors[0]?.message ?? errors[0]).split('\n')[0];
    process.stdout.write(`FAIL ${name}\n     ${verbose ? (errors[0]?.stack ?? first) : first}\n`);
  }
});
console.warn = warn;
let excepted = 0;
for (const [{ test, error, reason }, count] of counts) {
  excepted += count;
  process.stdout.write(
    count === 0
      ? `FAIL no test fails any more by ${error ?? test}: take it from the list\n`
      : `listed, ${count}: ${reason}\n`,
  );
  if (count === 0) failed.push(error ?? test);
}
process.stdout.write(
  `${engine}: ${passed} passed, ${failed.length} failed, ${excepted} in the list of exceptions\n`,
);
process.exit(failed.length > 0 ? 1 : 0);
