import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { install } from './install';
import type { Wanted } from './plan';
import type { Machine } from './requirements';
import { makeWheel } from './test-support/make-zip';
import { uninstall } from './uninstall';

const CPU: Wanted = { gpu: false, version: '2.21.0' };
const GPU: Wanted = { gpu: true, version: '2.21.0' };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function program(name: string, text: string): void {
  write(join(root, 'bin', name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(root, 'bin', name), 0o755);
}

const tensorflowFiles = {
  'tensorflow/libtensorflow_cc.so.2': 'the library '.repeat(500),
  'tensorflow/libtensorflow_framework.so.2': 'the framework',
  'tensorflow/python/other.so': 'not needed',
  'tensorflow/include/tensorflow/c/c_api.h': '#include "tensorflow/c/status.h"',
  'tensorflow/include/tensorflow/c/status.h': '',
  'tensorflow/include/Eigen/Core': 'not needed',
};

/** Stands for pip and its index: wheels lie in `index/`, every call is noted in `calls`. */
function fakeTools(): void {
  program(
    'python3',
    `[ "$3" = download ] || exit 0
eval "what=\\\${$#}"; name=$(echo "$what" | sed 's/[<=>].*//; s/-/_/g')
echo "pip $what" >> "${root}/calls"
while [ "$1" != --dest ]; do shift; done
[ -e "${root}/broken" ] && { echo "No matching distribution found" >&2; exit 1; }
cp "${root}"/index/$name-*.whl "$2/"`,
  );
  program(
    'npm',
    `echo "npm $1" >> "${root}/calls"
if [ "$1" = install ]; then
  for p in tfjs-node tfjs-node-gpu; do if grep -q "/$p\\"" package.json; then
    mkdir -p node_modules/@tensorflow/$p/binding; echo '{}' > node_modules/@tensorflow/$p/package.json
    echo '#include "tensorflow/c/c_api.h"' > node_modules/@tensorflow/$p/binding/a.cc
  fi; done; echo '{}' > node_modules/.package-lock.json
else
  [ -e "${root}/no-build" ] && { echo "a.cc:1: error: unknown type name"; exit 1; }
  mkdir -p lib/napi-v8 build; echo addon > lib/napi-v8/tfjs_binding.node
fi`,
  );
  for (const name of ['make', 'g++']) program(name, '');
  const metadata =
    'Requires-Dist: nvidia-cudnn-cu12<10.0,>=9.3; extra == "and-cuda"\nRequires-Dist: numpy\n';
  const wheel = (name: string, files: Record<string, string>): void =>
    write(join(root, 'index', `${name}-cp311-cp311-x.whl`), makeWheel(files, name));
  wheel('tensorflow_cpu-2.21.0', tensorflowFiles);
  wheel('tensorflow-2.21.0', {
    ...tensorflowFiles,
    'tensorflow-2.21.0.dist-info/METADATA': metadata,
  });
  wheel('nvidia_cudnn_cu12-9.5', {
    'nvidia/cudnn/lib/libcudnn.so.9': 'cudnn',
    'nvidia/cudnn/include/cudnn.h': 'not needed',
  });
}

const machine = (): Machine => ({
  platform: 'linux',
  arch: 'x64',
  glibc: '2.36',
  nodePath: join(root, 'node/bin/node'),
  env: {
    PATH: [join(root, 'bin'), '/bin', '/usr/bin'].join(delimiter),
    XDG_CACHE_HOME: join(root, 'cache'),
  },
  freeBytes: async () => 1e12,
});

const pointer = (): string => join(root, 'cache/causal-engine/tensorflow.json');
const calls = (): string[] =>
  existsSync(join(root, 'calls'))
    ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n')
    : [];
const steps: string[] = [];
const go = (folder: string, wanted = CPU, check = async (): Promise<string> => 'a device') =>
  install(folder, wanted, machine(), { step: (text) => steps.push(text), share() {} }, check);

describe('install', () => {
  beforeEach(fakeTools);

  it('brings the libraries, the needed headers and the addon, and notes where', async () => {
    const folder = join(root, 'engine');
    expect(await go(folder)).toBe('a device');
    const deps = join(folder, 'node_modules/@tensorflow/tfjs-node/deps');
    expect(readFileSync(join(deps, 'lib/libtensorflow_cc.so.2'), 'utf8')).toMatch(/^the library/);
    expect(readlinkSync(join(deps, 'lib/libtensorflow.so'))).toBe('libtensorflow_cc.so.2');
    expect(readdirSync(join(deps, 'include/tensorflow/c')).sort()).toEqual(['c_api.h', 'status.h']);
    expect(existsSync(join(deps, 'include/Eigen'))).toBe(false);
    expect(JSON.parse(readFileSync(pointer(), 'utf8'))).toEqual({ folder });
    expect(existsSync(join(folder, 'node_modules/.causal-engine/tensorflow/wheels'))).toBe(false);
  });

  it('does nothing twice', async () => {
    const folder = join(root, 'engine');
    await go(folder);
    const before = calls();
    await go(folder);
    expect(calls()).toEqual(before);
    expect(before).toEqual(['npm install', 'pip tensorflow-cpu==2.21.0', 'npm run']);
  });

  it('goes on where it stopped', async () => {
    const folder = join(root, 'engine');
    write(join(root, 'broken'), '');
    await expect(go(folder)).rejects.toThrow(/cannot be reached/);
    rmSync(join(root, 'broken'));
    write(join(root, 'no-build'), '');
    await expect(go(folder)).rejects.toThrow(/addon could not be built.*unknown type name/s);
    rmSync(join(root, 'no-build'));
    // A library that a killed run left half written.
    const library = 'node_modules/@tensorflow/tfjs-node/deps/lib/libtensorflow_cc.so.2';
    write(join(folder, library), 'the libr');
    await go(folder);
    expect(readFileSync(join(folder, library), 'utf8').length).toBe(6000);
    expect(calls().filter((call) => call === 'npm install')).toHaveLength(1);
  });

  it('builds anew where the check fails, and is not found before it passes', async () => {
    const folder = join(root, 'engine');
    const wrong = go(folder, CPU, () => Promise.reject(new Error('wrong product')));
    await expect(wrong).rejects.toThrow('wrong product');
    expect(existsSync(pointer())).toBe(false);
    await go(folder);
    expect(calls().filter((call) => call === 'npm run')).toHaveLength(2);
    expect(calls().filter((call) => call.startsWith('pip'))).toHaveLength(1);
  });

  it('fetches a damaged wheel anew', async () => {
    const folder = join(root, 'engine');
    const good = join(root, 'index/tensorflow_cpu-2.21.0-cp311-cp311-x.whl');
    const bytes = readFileSync(good);
    write(good, bytes.subarray(0, bytes.length / 2));
    await expect(go(folder)).rejects.toThrow(/no zip archive/);
    write(good, bytes);
    expect(await go(folder)).toBe('a device');
  });

  it("brings CUDA's libraries for --gpu, where TensorFlow looks for them", async () => {
    const folder = join(root, 'engine');
    await go(folder, GPU);
    const deps = join(folder, 'node_modules/@tensorflow/tfjs-node-gpu/deps');
    expect(readdirSync(join(deps, 'nvidia/cudnn'))).toEqual(['lib']);
    expect(calls()).toContain('pip nvidia-cudnn-cu12<10.0,>=9.3');
    await go(folder, CPU); // and back
    expect(existsSync(deps)).toBe(false);
  });

  it('leaves a project alone that has no tfjs-node', async () => {
    write(join(root, 'project/package.json'), '{"name":"mine"}');
    await expect(go(join(root, 'project'))).rejects.toThrow(/npm install --ignore-scripts/);
    expect(readdirSync(join(root, 'project'))).toEqual(['package.json']);
  });
});

describe('uninstall', () => {
  beforeEach(fakeTools);

  it('removes all that install made', async () => {
    const folder = join(root, 'engine');
    await go(folder);
    await uninstall(folder, machine().env);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(pointer())).toBe(false);
    await expect(uninstall(folder, machine().env)).rejects.toThrow(
      /no TensorFlow of causal-engine/,
    );
  });

  it('removes what a failed install has left, and nothing else', async () => {
    const folder = join(root, 'engine');
    write(join(folder, 'mine.txt'), 'mine');
    write(join(root, 'broken'), '');
    await expect(go(folder)).rejects.toThrow();
    await uninstall(folder, machine().env);
    expect(readdirSync(folder)).toEqual(['mine.txt']);
  });

  it("puts a project's tfjs-node back as it was", async () => {
    const project = join(root, 'project');
    const own = join(project, 'node_modules/@tensorflow/tfjs-node');
    write(join(project, 'package.json'), '{"name":"mine"}');
    write(join(own, 'package.json'), '{}');
    write(join(own, 'binding/a.cc'), '');
    write(join(own, 'deps/lib/libtensorflow.so'), 'the old one');
    await go(project);
    expect(existsSync(join(own, 'lib/napi-v8/tfjs_binding.node'))).toBe(true);
    await uninstall(project, machine().env);
    expect(readdirSync(own).sort()).toEqual(['binding', 'deps', 'package.json']);
    expect(readFileSync(join(own, 'deps/lib/libtensorflow.so'), 'utf8')).toBe('the old one');
    expect(readdirSync(join(project, 'node_modules'))).toEqual(['@tensorflow']);
    expect(readFileSync(join(project, 'package.json'), 'utf8')).toBe('{"name":"mine"}');
  });
});
