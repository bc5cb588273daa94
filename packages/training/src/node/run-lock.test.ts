import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@causal/testing';
import { fit as train } from '../fit';
import { toyData, toyModel } from '../test-support/toy';
import { LOCK, lockFolder } from './run-lock';

useEngine();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causal-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const leave = (holder: object): Promise<void> =>
  writeFile(join(folder, LOCK), JSON.stringify({ since: '2026-01-01T00:00:00Z', ...holder }));

/** A process that lives until it is killed. */
function waiting(): ChildProcess {
  return spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
}

async function dead(child: ChildProcess): Promise<number> {
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGKILL');
  await ended;
  return child.pid!;
}

describe('lockFolder', () => {
  it('takes a folder for one, and gives it back', async () => {
    const first = await lockFolder(folder);
    expect(first.warnings).toEqual([]);
    expect(JSON.parse(await readFile(join(folder, LOCK), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    });
    await expect(lockFolder(folder)).rejects.toThrow(
      /in use by this process, in another run that is not over/,
    );
    await first.release();
    expect(await readdir(folder)).toEqual([]);
    await (await lockFolder(folder)).release();
  });

  it('is taken by exactly one of many at once', async () => {
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    expect(taken.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });

  it('respects a process that lives, and takes over from one that is gone', async () => {
    const child = waiting();
    await leave({ pid: child.pid, host: hostname() });
    await expect(lockFolder(folder)).rejects.toThrow(
      new RegExp(`in use by process ${child.pid} on this machine, since 2026-01-01T00:00:00Z`),
    );
    const pid = await dead(child);
    const { warnings, release } = await lockFolder(folder);
    expect(warnings).toEqual([expect.stringMatching(`process ${pid} .*which is gone: taken over`)]);
    await release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken by exactly one of many at once from a process that is gone', async () => {
    await leave({ pid: await dead(waiting()), host: hostname() });
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    expect(taken.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });

  it('knows a process that got the same id later, where the system tells', async () => {
    await leave({ pid: process.pid, host: hostname(), born: '1' });
    const taking = lockFolder(folder);
    if (process.platform === 'linux') {
      expect((await taking).warnings).toHaveLength(1);
    } else await expect(taking).rejects.toThrow(/in use/);
  });

  it('respects another machine, and says what to delete', async () => {
    await leave({ pid: 1, host: 'elsewhere' });
    await expect(lockFolder(folder)).rejects.toThrow(
      /in use by process 1 on elsewhere.*if that process is gone, delete .*run.lock/,
    );
  });

  it('waits for one that is being written, and takes one that never was', async () => {
    await writeFile(join(folder, LOCK), '');
    await expect(lockFolder(folder)).rejects.toThrow(/being taken by another process/);
    const before = new Date(Date.now() - 60_000);
    await utimes(join(folder, LOCK), before, before);
    expect((await lockFolder(folder)).warnings).toHaveLength(1);
  });

  it('leaves what another process has put in its place', async () => {
    const { release } = await lockFolder(folder);
    await leave({ pid: 1, host: 'elsewhere' });
    await release();
    expect(await readdir(folder)).toEqual([LOCK]);
  });
});

describe('fit', () => {
  it('keeps a second run out of its folder, and gives it back however it ends', async () => {
    const model = toyModel();
    const options = { steps: 4, batchSize: 16, out: join(folder, 'run') };
    let second: Promise<unknown> | undefined;
    const callbacks = [
      {
        name: 'second',
        async onStep() {
          second ??= train(model, toyData(), { ...options, overwrite: true });
          await expect(second).rejects.toThrow(/in use by this process/);
        },
      },
    ];
    await train(model, toyData(), { ...options, callbacks });
    expect(await readdir(options.out)).not.toContain(LOCK);
    await expect(train(model, toyData(), options)).rejects.toThrow(/holds a run already/);
    expect(await readdir(options.out)).not.toContain(LOCK);
    await expect(train(model, toyData(), { ...options, resume: true, seed: 2 })).rejects.toThrow(
      /seed was/,
    );
    expect(await readdir(options.out)).not.toContain(LOCK);
    const signal = AbortSignal.abort();
    await expect(train(model, toyData(), { ...options, overwrite: true, signal })).rejects.toThrow(
      /Interrupted/,
    );
    expect(await readdir(options.out)).not.toContain(LOCK);
    model.dispose();
  });
});
