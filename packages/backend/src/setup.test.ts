import { spawnSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs';
import { wasm } from './engines/wasm';
import { availableEngines, setupEngine } from './setup';
import { testEngine } from './test-support/engine';

describe('setupEngine', () => {
  it('starts what was asked for, and again', async () => {
    for (const engine of [testEngine, 'cpu', testEngine, testEngine] as const) {
      const info = await setupEngine({ engine });
      expect(info.name).toBe(engine);
      expect(tf.getBackend()).toBe(engine);
      expect(info.threads).toBeGreaterThanOrEqual(1);
      expect(tf.tidy(() => tf.sum(tf.ones([3])).dataSync()[0])).toBe(3);
    }
  });

  it('says why it passed over every faster engine', async () => {
    const info = await setupEngine();
    const order = ['tensorflow', 'onnxruntime', 'webgpu', 'wasm', 'cpu'] as const;
    const passed = order.slice(0, order.indexOf(info.name));
    expect(Object.keys(info.reasons)).toEqual(passed);
    for (const name of passed) expect(info.reasons[name]).toMatch(/\w{3}/);
    expect((await availableEngines())[0]).toBe(info.name);
    expect(await availableEngines()).toEqual(expect.arrayContaining(['wasm', 'cpu']));
  });

  it('tells what to do about an engine that is not there', async () => {
    await expect(setupEngine({ engine: 'webgpu' })).rejects.toThrow(/'webgpu' cannot run.*gpu/);
    await expect(setupEngine({ engine: 'metal' as never })).rejects.toThrow(
      /onnxruntime.*got "metal"/,
    );
    await expect(setupEngine({ threads: 0 })).rejects.toThrow(/threads.*0/);
  });

  it('leaves no listener for crashes behind', async () => {
    const before = process.listenerCount('uncaughtException');
    await setupEngine({ engine: 'wasm' });
    expect(process.listenerCount('uncaughtException')).toBe(before);
  });

  it('moves tensors between engines', async () => {
    await setupEngine({ engine: 'cpu' });
    const x = tf.tensor1d([1, 2]);
    await setupEngine({ engine: testEngine });
    const y = tf.mul(x, 2);
    await setupEngine({ engine: 'wasm' });
    expect([...tf.add(x, y).dataSync()]).toEqual([3, 6]);
    tf.disposeVariables();
    tf.dispose([x, y]);
  });
});

describe('setupEngine at its edges', () => {
  it('ignores nothing that it is given', async () => {
    const of = (options: unknown) => setupEngine(options as never);
    await expect(of('wasm')).rejects.toThrow(
      "setupEngine: expected an object such as { engine: 'wasm' }, got the text itself.",
    );
    await expect(of({ engine: 'wsam' })).rejects.toThrow(/got "wsam". Did you mean 'wasm'\?/);
    await expect(of({ engin: 'wasm' })).rejects.toThrow('did you mean `engine`?');
    await expect(of({ backend: 'wasm' })).rejects.toThrow('did you mean `engine`?');
    for (const odd of [null, 3, ['wasm'], { engine: null }, { threads: '2' }]) {
      await expect(of(odd)).rejects.toThrow(/must be/);
    }
  });

  it('says that Jest refuses import(), where an engine only says that it did not start', async () => {
    const refused = Object.assign(new TypeError('A dynamic import callback was invoked'), {
      code: 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG',
    });
    const { probe } = wasm;
    wasm.probe = () => Promise.reject(new Error('It did not load.', { cause: refused }));
    try {
      await expect(setupEngine({ engine: 'wasm' })).rejects.toThrow(
        /cannot run here. It did not load. .*NODE_OPTIONS=--experimental-vm-modules/,
      );
    } finally {
      wasm.probe = probe;
    }
  });

  it('takes calls at the same time one after the other', async () => {
    const infos = await Promise.all(
      (['cpu', 'wasm', 'cpu', 'wasm'] as const).map((engine) => setupEngine({ engine })),
    );
    expect(infos.map(({ name }) => name)).toEqual(['cpu', 'wasm', 'cpu', 'wasm']);
    expect(tf.getBackend()).toBe('wasm');
  });

  it('refuses counts of threads that are none', async () => {
    for (const threads of [0, -1, 1.5, NaN]) {
      await expect(setupEngine({ threads })).rejects.toThrow(/`threads` must be an integer ≥ 1/);
    }
  });

  it('goes on after a call that failed', async () => {
    await expect(setupEngine({ engine: 'quantum' as 'cpu' })).rejects.toThrow(
      /`engine` must be one of/,
    );
    expect((await setupEngine({ engine: testEngine })).name).toBe(testEngine);
  });

  it('lets a program crash with its own words', () => {
    const program = `
      import { setupEngine } from '@causal/backend';
      await setupEngine({ engine: 'wasm' });
      setTimeout(() => { throw new Error('mine'); });`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@causal/source', '--import', 'tsx', '--input-type=module', '--eval', program],
      { encoding: 'utf8', cwd: __dirname },
    );
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/Error: mine/);
    // Emscripten's own listener would print its one line of 100 kB.
    expect(stderr.length).toBeLessThan(2000);
  });
});
