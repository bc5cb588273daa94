import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { useEngine } from '@causal/testing';
import { fit as train } from '../fit';
import { progressReporter } from '../progress';
import { toyData, toyModel } from '../test-support/toy';
import { interruptSignal } from './interrupt';
import { progressBar, type ProgressBarOptions } from './progress-bar';

useEngine();

/** A stream that keeps what is written, as a terminal would or a log. */
function sink(isTTY: boolean): { stream: NodeJS.WriteStream; text(): string } {
  const parts: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      parts.push(chunk.toString());
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY, columns: 160 }) as unknown as NodeJS.WriteStream,
    text: () => parts.join(''),
  };
}

async function runWith(
  stream: NodeJS.WriteStream,
  options: Omit<ProgressBarOptions, 'stream'> = {},
): Promise<void> {
  const model = toyModel();
  const data = { ...toyData(), labels: () => [[1], [1]] };
  await train(model, data, {
    steps: 12,
    batchSize: 16,
    logEvery: 3,
    progress: false,
    callbacks: [progressBar({ stream, ...options })],
  });
  model.dispose();
}

describe('progressBar', () => {
  it('writes plain lines in a log: the last at least, warnings first', async () => {
    const { stream, text } = sink(false);
    await runWith(stream);
    const lines = text().trimEnd().split('\n');
    expect(lines[0]).toBe('warning: concept "0" is always 1: nothing can be learned about it.');
    expect(lines.at(-1)).toMatch(
      /^step 12\/12 \| \d+\.\d steps\/s \| 0:00 left \| total \d[\d.e-]* mse \d[\d.e-]* penalty \d/,
    );
    expect(text()).not.toMatch(/[\u0000-\u0009\u001b]/);
  });

  it('draws a bar on a terminal, with the terms asked for', async () => {
    const { stream, text } = sink(true);
    await runWith(stream, { terms: ['penalty'] });
    expect(text()).toMatch(/█+ 12\/12 \| \d+\.\d steps\/s \| 0:00 left \| penalty \d/);
    expect(text()).toContain('warning: concept "0"');
    expect(text()).toMatch(/\u001b\[\?25h/); // the cursor is back
  });
});

describe('lines without a terminal', () => {
  it('are left out where the run is short and nobody asked, warnings too', async () => {
    const { stream, text } = sink(false);
    await runWith(stream, { after: 1000, every: 1000, short: false });
    expect(text()).toBe('');
  });

  it('come as often as asked', async () => {
    const { stream, text } = sink(false);
    await runWith(stream, { after: 0, every: 0, short: false });
    expect(text().match(/^(warning|step \d+\/12)/gm)).toEqual([
      'warning',
      'step 3/12',
      'step 6/12',
      'step 9/12',
      'step 12/12',
    ]);
  });

  it('refuse options that do not exist', () => {
    expect(() => progressBar({ afer: 3 } as never)).toThrow(/did you mean `after`/);
    expect(() => progressBar({ every: NaN })).toThrow(
      /`every` must be a finite number ≥ 0, got NaN/,
    );
  });
});

describe('progressReporter', () => {
  async function stagesOn(isTTY: boolean, progress?: boolean): Promise<string> {
    const { stream, text } = sink(isTTY);
    const { stage, end } = await progressReporter({
      stream,
      ...(progress === undefined ? {} : { progress }),
    });
    for (const share of [0, 0.25, 1, 1]) stage('screening', share);
    stage('mechanisms', 0.5);
    end();
    return text();
  }

  it('writes a line for each stage that is over, and nothing unasked where it is short', async () => {
    expect(await stagesOn(false, true)).toBe('screening done in 0:00\n');
    expect(await stagesOn(false)).toBe('');
    expect(await stagesOn(false, false)).toBe('');
  });

  it('draws a bar a stage on a terminal', async () => {
    for (const progress of [undefined, true]) {
      const text = await stagesOn(true, progress);
      expect(text).toMatch(/█+ 100 % \| 0:00 left \| screening/);
      expect(text.match(/100 % [^\n]*screening[^\n]*\n/g)).toHaveLength(1);
      expect(text).toMatch(/█+░+ 50 % \| .* left \| mechanisms/);
      expect(text).toMatch(/\u001b\[\?25h/); // the cursor is back
    }
    expect(await stagesOn(true, false)).toBe('');
  });

  it('refuses a share that is none', async () => {
    const { stage } = await progressReporter({ progress: true, stream: sink(false).stream });
    expect(() => stage('screening', 45)).toThrow(
      /`share` must be a finite number ≥ 0 and ≤ 1, got 45/,
    );
  });
});

describe('interruptSignal', () => {
  it('turns the first Ctrl-C into a signal and leaves the second to end the process', async () => {
    const program = `
      import { ${interruptSignal.name} } from './src/node/interrupt';
      const { signal } = ${interruptSignal.name}();
      signal.addEventListener('abort', () => {
        console.log(signal.reason.name);
        process.kill(process.pid, 'SIGINT');
      });
      setInterval(() => {}, 1000);
      process.kill(process.pid, 'SIGINT');`;
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', program],
      {
        cwd: join(__dirname, '..', '..'),
      },
    );
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    const signal = await new Promise((resolve) =>
      child.on('close', (_code, name) => resolve(name)),
    );
    expect(signal).toBe('SIGINT');
    expect(said).toBe('AbortError\n');
  });

  it('leaves nothing behind when released', () => {
    const before = process.listenerCount('SIGINT');
    const { signal, release } = interruptSignal();
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    release();
    expect(process.listenerCount('SIGINT')).toBe(before);
    expect(signal.aborted).toBe(false);
  });
});
