// Pictures a second, drawn and read (beside torchvision), memory while reading, normals (beside numpy)
//   npm run bench -- datasets [--faces 5000] [--many 50000] [--dir folder of faces] [--python python] [--out result.json]
//   npm run bench -- datasets --browser chromium   (only: the same bytes there as here?)
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { faces, flow, type GeneratedDataset, pendulum } from '@causal/datasets';
import { writeCelebA } from '@causal/datasets/node';
import * as tf from '@tensorflow/tfjs';
import { circumstances } from '../circumstances';
import { sameBitsInBrowser } from './browser';
import { measureNormals } from './normals';
import { measureReading } from './reading';

const { values } = parseArgs({
  options: {
    faces: { type: 'string', default: '5000' },
    many: { type: 'string', default: '50000' },
    // Kept and used again; without it they are written for this run.
    dir: { type: 'string' },
    // One that has numpy, torch and torchvision; without it only ours is measured.
    python: { type: 'string' },
    out: { type: 'string' },
    browser: { type: 'string' },
  },
});
if (values.browser) process.exit((await sameBitsInBrowser(values.browser)) ? 0 : 1);

const SECONDS = 3;

/** Images a second, drawn on this thread. */
function draw(name: string, data: GeneratedDataset): number {
  const rows = Array.from({ length: 64 }, (_, i) => i);
  tf.dispose(Object.values(data.batch('train', rows)));
  let images = 0;
  const start = performance.now();
  while (performance.now() < start + SECONDS * 1000) {
    tf.dispose(Object.values(data.batch('train', rows)));
    images += rows.length;
  }
  const rate = images / ((performance.now() - start) / 1000);
  console.log(`${name.padEnd(28)} ${rate.toFixed(0).padStart(7)} images/s`);
  return rate;
}

const dir = values.dir ?? mkdtempSync(join(tmpdir(), 'causal-bench-'));
try {
  if (!existsSync(join(dir, 'list_eval_partition.txt'))) {
    await writeCelebA(dir, { train: Number(values.faces), validation: 0, test: 0 });
  }
  const fresh = { size: 64, cacheBytes: 0 };
  const result = {
    what: 'images a second at 64×64: drawn on one thread; read from CelebA’s layout (centre crop 178, resize 64, batches of 64, shuffled) by 2 threads, beside torchvision’s ImageFolder and DataLoader with 2 workers; resident MiB after each 5,000 files read; normals a second, in millions, one thread',
    ...circumstances(),
    drawn: {
      pendulum: draw('pendulum, drawn', pendulum(fresh)),
      pendulumCached: draw('pendulum, from the cache', pendulum({ size: 64 })),
      flow: draw('flow, drawn', flow(fresh)),
      faces: draw('faces, drawn', faces(fresh)),
    },
    normals: measureNormals(values.python),
    read: await measureReading(dir, values.python, Number(values.many)),
  };
  if (values.out) {
    mkdirSync(dirname(values.out), { recursive: true });
    writeFileSync(values.out, `${JSON.stringify(result, undefined, 2)}\n`);
  }
} finally {
  if (!values.dir) rmSync(dir, { recursive: true, force: true });
}
