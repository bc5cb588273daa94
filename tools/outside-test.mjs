// `npm run outside`: is what we publish right for somebody else? Publishes every public package to a
// registry of its own on this machine (verdaccio), installs @causal/wae in an empty project outside
// the workspace, and runs the programs of tools/outside/ there. Ends with `N passed, N failed`.
// Other packages come from the registry that npm is configured with, through npm itself.
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runServer } from 'verdaccio';
import { ROOT, execute, publicPackages } from './workspace.mjs';

const INSTALLED = ['@causal/wae'];
const PROGRAMS = join(ROOT, 'tools', 'outside');
const keep = process.argv.includes('--keep');

const results = [];
function check(name, passed) {
  results.push({ name, passed });
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name}`);
  return passed;
}

/** A registry that holds our scope alone, on a free port of the loopback. */
async function startRegistry(folder) {
  const everybody = { access: '$all', publish: '$all', unpublish: '$all' };
  const server = await runServer({
    configPath: join(folder, 'config.yaml'),
    storage: join(folder, 'storage'),
    auth: { htpasswd: { file: join(folder, 'htpasswd') } },
    uplinks: {},
    packages: { '@causal/*': everybody, '**': everybody },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
    max_body_size: '200mb',
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

/** npm as started from a shell: what `npm run` tells its children about this workspace left out. */
async function npm(args, cwd) {
  const inherited = Object.keys(process.env).filter((name) =>
    /^npm_(package|lifecycle)_|^npm_config_local_prefix$|^INIT_CWD$/.test(name),
  );
  const env = Object.fromEntries(inherited.map((name) => [name, undefined]));
  return execute('npm', args, { cwd, env, quiet: true });
}

async function publish(registry, folder) {
  const userconfig = join(folder, 'publish.npmrc');
  const { host } = new URL(registry);
  await writeFile(userconfig, `registry=${registry}\n//${host}/:_authToken=nobody\n`);
  let published = 0;
  for (const { root, manifest } of publicPackages()) {
    const { code, output } = await npm(
      ['publish', `--userconfig=${userconfig}`, `--registry=${registry}`, '--access=public'],
      join(ROOT, root),
    );
    const size = /package size:\s*(.+)/.exec(output)?.[1] ?? '?';
    const unpacked = /unpacked size:\s*(.+)/.exec(output)?.[1] ?? '?';
    console.log(`  ${manifest.name.padEnd(26)} ${size.padStart(9)} (${unpacked} unpacked)`);
    if (code !== 0) console.log(output);
    else published++;
  }
  return check('publish every package', published === publicPackages().length);
}

const TSCONFIGS = {
  node16: { module: 'node16', moduleResolution: 'node16', target: 'es2022' },
  bundler: { module: 'esnext', moduleResolution: 'bundler', target: 'es2022' },
};

/** Compiles the programs; with `libraries`, our own declaration files too. */
async function compile(project, name, options, { libraries = false } = {}) {
  const config = {
    compilerOptions: {
      strict: true,
      skipLibCheck: !libraries,
      noEmitOnError: true,
      outDir: join('compiled', name),
      types: ['node'],
      ...options,
    },
    include: ['*.ts', '*.mts', '*.cts'],
  };
  const file = `tsconfig.${name}.json`;
  await writeFile(join(project, file), JSON.stringify(config, null, 2));
  const { code, output } = await execute(
    join(project, 'node_modules', '.bin', 'tsc'),
    ['-p', file, ...(libraries ? ['--noEmit'] : [])],
    { cwd: project, quiet: true },
  );
  // TensorFlow.js' own declarations do not all check: what they say is not ours.
  const errors = output
    .split('\n')
    .filter((line) => /error TS/.test(line))
    .filter((line) => !libraries || !line.includes('node_modules/') || line.includes('@causal/'));
  if (errors.length > 0) console.log(errors.join('\n'));
  return libraries ? errors.length === 0 : code === 0;
}

async function runProgram(project, file) {
  const started = Date.now();
  const { code, output } = await execute(process.execPath, [file], { cwd: project, quiet: true });
  console.log(output.replace(/^(?=.)/gm, '  | ').trimEnd());
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  return check(`${file} (${seconds} s)`, code === 0);
}

async function sizeOf(folder) {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const entry = await stat(join(folder, name));
    if (entry.isFile()) bytes += entry.size;
  }
  return bytes;
}

async function outside(folder, registry) {
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ name: 'outside', private: true }),
  );
  const usual = (await npm(['config', 'get', 'registry'], ROOT)).output.match(/^https?:\S+$/m)?.[0];
  await writeFile(
    join(project, '.npmrc'),
    `@causal:registry=${registry}\n${usual ? `registry=${usual}\n` : ''}fund=false\naudit=false\n`,
  );

  const install = await npm(['install', ...INSTALLED], project);
  console.log(install.output.replace(/^(?=.)/gm, '  | ').trimEnd());
  if (!check(`npm i ${INSTALLED.join(' ')}`, install.code === 0)) return;
  const megabytes = (await sizeOf(join(project, 'node_modules'))) / 1e6;
  const ours = (await sizeOf(join(project, 'node_modules', '@causal'))) / 1e6;
  console.log(`  node_modules: ${megabytes.toFixed(1)} MB, of it @causal ${ours.toFixed(1)} MB`);
  const engines = (await npm(['ls', '@tensorflow/tfjs-core', '--all', '--parseable'], project))
    .output;
  check(
    'one TensorFlow.js',
    engines
      .trim()
      .split('\n')
      .filter((line) => /core$/.test(line)).length === 1,
  );

  const { devDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const compiler = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
  const typescript = await npm(['install', '--save-dev', ...compiler], project);
  if (!check(`npm i -D ${compiler.join(' ')}`, typescript.code === 0)) return;

  const programs = await readdir(PROGRAMS);
  for (const file of programs) await cp(join(PROGRAMS, file), join(project, file));
  for (const file of programs.filter((name) => /\.[mc]js$/.test(name))) {
    await runProgram(project, file);
  }
  for (const [name, options] of Object.entries(TSCONFIGS)) {
    check(`tsc, ${name}`, await compile(project, name, options));
  }
  check(
    'our declarations check',
    await compile(project, 'libraries', TSCONFIGS.node16, { libraries: true }),
  );
  for (const file of programs.filter((name) => /\.[mc]ts$/.test(name))) {
    await runProgram(project, join('compiled', 'node16', file.replace(/ts$/, 'js')));
  }
}

const folder = await mkdtemp(join(tmpdir(), 'causal-outside-'));
const { server, url } = await startRegistry(folder);
try {
  const build = await execute('nx', ['run-many', '-t', 'build'], { quiet: true });
  if (build.code !== 0) console.log(build.output);
  if (check('build', build.code === 0) && (await publish(url, folder))) await outside(folder, url);
} finally {
  server.close();
  server.closeAllConnections();
  if (keep) console.log(`Kept ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
const failed = results.filter((result) => !result.passed).length;
console.log(`\n${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
