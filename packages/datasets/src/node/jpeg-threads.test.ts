import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import sharp from 'sharp';
import { JpegThreads, type JpegWork } from './jpeg-threads';

const WORK: JpegWork = { expect: [24, 30], crop: 24, size: 8 };

describe('JpegThreads', () => {
  let dir: string;
  let paths: string[];
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'threads-'));
    paths = Array.from({ length: 9 }, (_, k) => join(dir, `${k}.jpg`));
    const [width, height] = WORK.expect;
    for (const [k, path] of paths.entries()) {
      const background = { r: 20 * k, g: 100, b: 255 - 20 * k };
      const image = sharp({ create: { width, height, channels: 3, background } });
      await (k === 4 ? image.png() : image.jpeg()).toFile(path);
    }
    paths.push(join(dir, 'none.jpg'), dir);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** The first pixel of each, or undefined. */
  const firstPixels = async (threads: JpegThreads): Promise<(number[] | undefined)[]> => {
    const all = await Promise.all(paths.map((path) => threads.decode(path)));
    return all.map((pixels) => pixels && [...pixels.subarray(0, 3)]);
  };

  it('decodes on the thread that asks, leaving what is no such file', async () => {
    const pixels = await firstPixels(new JpegThreads(WORK, 0));
    expect(pixels.map((p) => p === undefined)).toEqual(paths.map((_, k) => k === 4 || k > 8));
    pixels.slice(0, 4).forEach((p, k) => {
      [20 * k, 100, 255 - 20 * k].forEach((v, c) => {
        expect(Math.abs(p![c]! - v)).toBeLessThanOrEqual(2);
      });
    });
  });

  it('gives the same where no thread can start (here: its program is TypeScript), and when ended amid', async () => {
    const expected = await firstPixels(new JpegThreads(WORK, 0));
    const threads = new JpegThreads(WORK, 2);
    const first = firstPixels(threads);
    await threads.close();
    expect(await first).toEqual(expected);
    expect(await firstPixels(threads)).toEqual(expected);
    await threads.close();
  });

  it('gives the same on threads, which let the process end by itself', async () => {
    await build({
      entryPoints: {
        threads: join(__dirname, 'jpeg-threads.ts'),
        'jpeg.worker': join(__dirname, 'jpeg.worker.ts'),
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outdir: dir,
      outExtension: { '.js': '.cjs' },
      logLevel: 'error',
    });
    writeFileSync(
      join(dir, 'main.cjs'),
      `const { Worker } = require('node:worker_threads');
       let answers = 0;
       const { emit } = Worker.prototype;
       Worker.prototype.emit = function (name, ...rest) {
         answers += name === 'message';
         return emit.call(this, name, ...rest);
       };
       const { JpegThreads } = require('./threads.cjs');
       const decoder = new JpegThreads(${JSON.stringify(WORK)}, 3);
       const paths = ${JSON.stringify(paths)};
       Promise.all(paths.map((path) => decoder.decode(path))).then((all) => {
         const pixels = all.map((p) => (p ? [...p.subarray(0, 3)] : null));
         console.log(JSON.stringify({ answers, pixels }));
       });`,
    );
    const said = execFileSync(process.execPath, [join(dir, 'main.cjs')], { encoding: 'utf8' });
    const here = await firstPixels(new JpegThreads(WORK, 0));
    expect(JSON.parse(said)).toEqual({ answers: 3, pixels: here.map((p) => p ?? null) });
  });
});
