import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { useEngine } from '@causal/testing';
import { fit as train } from '../fit';
import { toyData, toyModel } from '../test-support/toy';
import { interruptSignal } from './interrupt';
import { progressBar } from './progress-bar';

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

async function runWith(stream: NodeJS.WriteStream, terms?: string[]): Promise<void> {
  const model = toyModel();
  const data = { ...toyData(), labels: () => [[1], [1]] };
  await train(model, data, {
    steps: 12,
    batchSize: 16,
    logEvery: 3,
    progress: false,
    callbacks: [progressBar({ stream, ...(terms && { terms }) })],
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
    await runWith(stream, ['penalty']);
    expect(text()).toMatch(/█+ 12\/12 \| \d+\.\d steps\/s \| 0:00 left \| penalty \d/);
    expect(text()).toContain('warning: concept "0"');
    expect(text()).toMatch(/\u001b\[\?25h/); // the cursor is back
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
