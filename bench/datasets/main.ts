// Pictures per second: drawing the three data sets, reading faces in CelebA's layout, memory while reading.
//   npm run bench -- datasets [--faces 5000] [--epochs 10] [--out result.json]
//   npm run bench -- datasets --browser chromium   (only: the same bytes there as here?)
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { faces, flow, type GeneratedDataset, pendulum } from '@causal/datasets';
import { celebA, writeCelebA } from '@causal/datasets/node';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { sameBitsInBrowser } from './browser';

const { values } = parseArgs({
  options: {
    faces: { type: 'string', default: '5000' },
    epochs: { type: 'string', default: '10' },
    out: { type: 'string' },
    browser: { type: 'string' },
  },
});
if (values.browser) process.exit((await sameBitsInBrowser(values.browser)) ? 0 : 1);

const count = Number(values.faces);
const epochs = Number(values.epochs);
const SECONDS = 3;

interface Rate {
  /** Images per second of wall time. */
  readonly rate: number;
  /** Processor milliseconds an image, all threads together: comparable on a busy machine. */
  readonly cpu: number;
}

async function measure(body: () => number | Promise<number>): Promise<Rate> {
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const images = await body();
  const cpu = process.cpuUsage(cpuBefore);
  return {
    rate: images / ((performance.now() - start) / 1000),
    cpu: (cpu.user + cpu.system) / 1000 / images,
  };
}

function draw(data: GeneratedDataset): Promise<Rate> {
  const rows = Array.from({ length: 64 }, (_, i) => i);
  tf.dispose(Object.values(data.batch('train', rows)));
  return measure(() => {
    const end = performance.now() + SECONDS * 1000;
    let images = 0;
    while (performance.now() < end) {
      tf.dispose(Object.values(data.batch('train', rows)));
      images += rows.length;
    }
    return images;
  });
}

const result: Record<string, unknown> = { cpu: cpus()[0]?.model, cores: cpus().length };
const report = (name: string, { rate, cpu }: Rate): void => {
  result[name] = { imagesPerSecond: Math.round(rate), cpuMilliseconds: Number(cpu.toFixed(3)) };
  console.log(
    `${name.padEnd(36)} ${rate.toFixed(0).padStart(7)} images/s  ${cpu.toFixed(3)} ms CPU`,
  );
};

const drawn = { size: 64, cacheBytes: 0 };
report('pendulum 64, drawn each time', await draw(pendulum(drawn)));
report('pendulum 64, from the cache', await draw(pendulum({ size: 64 })));
report('flow 64, drawn each time', await draw(flow(drawn)));
report('faces 64, drawn each time', await draw(faces(drawn)));

const dir = mkdtempSync(join(tmpdir(), 'causal-bench-'));
try {
  report(
    `write ${count} faces as CelebA`,
    await measure(async () => {
      await writeCelebA(dir, { train: count, validation: 0, test: 0 });
      return count;
    }),
  );
  const memory: number[] = [];
  const data = celebA(dir, { size: 64 });
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = await measure(async () => {
      let images = 0;
      for await (const b of data.batches('train', { batchSize: 64, rng: createRng(epoch) })) {
        images += b.images.shape[0];
        tf.dispose(Object.values(b));
      }
      return images;
    });
    memory.push(Math.round(process.memoryUsage().rss / 2 ** 20));
    if (epoch === 0) report('read CelebA layout, 64', rate);
  }
  result['residentMiBAfterEachEpoch'] = memory;
  console.log(`resident MiB after each epoch of ${count}: ${memory.join(', ')}`);
} finally {
  if (existsSync(dir)) rmSync(dir, { recursive: true, force: true });
}
if (values.out) writeFileSync(values.out, `${JSON.stringify(result, undefined, 2)}\n`);
