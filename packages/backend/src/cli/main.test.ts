import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from './table';

const home = mkdtempSync(join(tmpdir(), 'home-'));
afterAll(() => rmSync(home, { recursive: true }));

/** The command as a user of a bare machine runs it: Node, and no other program to be found. */
function causalEngine(...args: string[]): { code: number | null; out: string; err: string } {
  const options = ['--conditions=@causal/source', '--import', 'tsx'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...options, join(__dirname, 'main.ts'), ...args],
    { encoding: 'utf8', cwd: join(__dirname, '../..'), env: { PATH: '', HOME: home } },
  );
  return { code: status, out: stdout, err: stderr };
}

describe('causal-engine, where there is no pip, no compiler and no npm', () => {
  it('says what is missing to install TensorFlow, and touches nothing', () => {
    const { code, err, out } = causalEngine('install', 'tensorflow');
    expect([code, out]).toEqual([1, '']);
    if (process.platform === 'linux') {
      expect(err).toMatch(/no npm found.*no python3 found.*no make found.*no C\+\+ compiler/s);
    }
    expect(err).toMatch(/cannot be installed here.*wasm \(always there\)/s);
    expect(err).not.toMatch(/\n\s+at /); // no stack
    expect(readdirSync(home)).toEqual([]);
  });

  it('lists every engine, with the reason where one cannot run', () => {
    const { code, out, err } = causalEngine('list', '--json');
    expect([code, err]).toEqual([0, '']);
    const states = JSON.parse(out) as { name: string; reason?: string }[];
    expect(states.map(({ name }) => name)).toEqual([
      ...['tensorflow', 'onnxruntime', 'webgpu', 'wasm', 'cpu'],
    ]);
    expect(states[0]!.reason).toMatch(/npx causal-engine install tensorflow/);
    for (const state of states.slice(3)) expect(state.reason).toBeUndefined();
  });

  it('names a wrong word', () => {
    const wrong = causalEngine('install', 'tensorflow', '--verion', '2');
    expect(wrong.code).toBe(1);
    expect(wrong.err).toMatch(/--verion/);
  });
});

it('sets long reasons below themselves', () => {
  const rows = [
    ['a', 'yes', 'short'],
    ['long', 'no', 'one two three four five six'],
  ];
  expect(table(rows, 31)).toBe(
    'a     yes  short\nlong  no   one two three four\n           five six',
  );
});
