import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainPip } from './download';
import { findTools, type Machine } from './requirements';

const folder = mkdtempSync(join(tmpdir(), 'tools-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder of programs that do nothing, or what their text says. */
function programs(name: string, texts: Readonly<Record<string, string>>): string {
  const bin = join(folder, name);
  mkdirSync(bin, { recursive: true });
  for (const [program, text] of Object.entries(texts)) {
    writeFileSync(join(bin, program), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, program), 0o755);
  }
  return bin;
}

const all = { npm: '', python3: '', make: '', 'g++': '' };
const machine = (PATH: string, other: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  arch: 'x64',
  glibc: '2.36',
  nodePath: join(folder, 'bin/node'),
  env: { PATH },
  freeBytes: async () => 1e12,
  ...other,
});

const wanted = { gpu: false, version: '2.21.0' };
const problem = (on: Machine): Promise<string> =>
  findTools(on, wanted, '/somewhere').then(
    () => 'none',
    (error: Error) => error.message,
  );

describe('what an installation needs', () => {
  it('is found', async () => {
    const bin = programs('all', all);
    const tools = await findTools(machine(bin), wanted, '/somewhere');
    expect(tools).toMatchObject({ npm: join(bin, 'npm'), python: join(bin, 'python3') });
    expect(tools.nodeFolder).toBeUndefined();
  });

  it("includes Node's headers, where they came with Node", async () => {
    mkdirSync(join(folder, 'include/node'), { recursive: true });
    writeFileSync(join(folder, 'include/node/node_api.h'), '');
    const tools = await findTools(machine(programs('all', all)), wanted, '/somewhere');
    expect(tools.nodeFolder).toBe(folder);
  });

  it('is told all at once where it is missing', async () => {
    const text = await problem(machine(''));
    for (const what of [/no npm/, /no python3/, /no make/, /no C\+\+ compiler/]) {
      expect(text).toMatch(what);
    }
    expect(text).toMatch(/onnxruntime-node.*wasm/s);
  });

  it('is told by itself where one thing is missing', async () => {
    const noPip = programs('no-pip', { ...all, python3: 'echo "No module named pip" >&2; exit 1' });
    expect(await problem(machine(noPip))).toMatch(/no pip \(No module named pip\).*python3-pip/s);
    const noCompiler = programs('no-compiler', { npm: '', python3: '', make: '' });
    expect(await problem(machine(noCompiler))).toMatch(/no C\+\+ compiler.*build-essential/);
    const full = machine(programs('all', all), { freeBytes: async () => 2e8 });
    expect(await problem(full)).toMatch(/0\.2 GB.*1\.5 GB.*--dir/s);
    const other = machine(programs('all', all));
    expect(await problem({ ...other, env: { ...other.env, PYTHON: '/no/python' } })).toMatch(
      /PYTHON names \/no\/python/,
    );
  });

  it('is a platform for which it can be built', async () => {
    const bin = programs('all', all);
    expect(await problem(machine(bin, { platform: 'darwin' }))).toMatch(/darwin.*npm install/s);
    expect(await problem(machine(bin, { arch: 'ia32' }))).toMatch(/ia32/);
    expect(await problem(machine(bin, { glibc: undefined }))).toMatch(/GNU C library/);
  });
});

describe("pip's messages", () => {
  const what = 'tensorflow-cpu==9.9.9';
  it('say which versions there are', () => {
    const output = `ERROR: Could not find a version that satisfies the requirement ${what} (from versions: 2.15.1, 2.21.0)
ERROR: No matching distribution found for ${what}`;
    expect(explainPip(what, output)).toMatch(
      /no tensorflow-cpu==9\.9\.9.*2\.15\.1, 2\.21\.0.*--version/,
    );
    expect(explainPip(what, output.replace('2.15.1, 2.21.0', 'none'))).toMatch(/cannot be reached/);
  });

  it('say what went wrong', () => {
    expect(explainPip(what, 'THESE PACKAGES DO NOT MATCH THE HASHES …')).toMatch(/checksum/);
    expect(explainPip(what, 'OSError: [Errno 28] No space left on device')).toMatch(/disk is full/);
    expect(explainPip(what, 'one\ntwo\nsurprise')).toMatch(/surprise/);
  });
});
