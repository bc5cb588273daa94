import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const READER = join(HERE, 'reader.ts');
const SOURCES = ['--conditions=@causal/source', '--import', 'tsx'];

interface Reading {
  readonly imagesPerSecond: readonly number[];
  readonly residentMiB?: readonly number[];
}

/**
 * Images a second from a folder in CelebA's layout: ours and torchvision's in turn, twice; and
 * resident memory while a folder of `many` is read; ours with a cache, epoch by epoch.
 * @param python A Python with torch and torchvision; without it only ours is measured.
 */
export async function measureReading(
  folder: string,
  python: string | undefined,
  many: number,
): Promise<object> {
  const threads = 2;
  const epochs = 4;
  const ours = (dir: string, count: number, cache?: string): Reading => {
    const words = [dir, String(count), String(threads), ...(cache === undefined ? [] : [cache])];
    const said = execFileSync(process.execPath, [...SOURCES, READER, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // sharp decodes on the threads of Node's pool.
      env: { ...process.env, UV_THREADPOOL_SIZE: String(threads) },
    });
    return JSON.parse(said.trim().split('\n').at(-1)!) as Reading;
  };
  const rounds = [0, 1].map(() => ({
    ours: ours(folder, epochs),
    peer: python === undefined ? undefined : callPython(python, ['read', folder, epochs, threads]),
  }));
  const rates = (side: 'ours' | 'peer'): number[] =>
    rounds.flatMap((r) => r[side]?.imagesPerSecond ?? []).sort((a, b) => a - b);
  const best = (side: 'ours' | 'peer'): number => rates(side).at(-1)!;
  const median = (side: 'ours' | 'peer'): number => rates(side)[rates(side).length >> 1]!;
  const memory = manyNames(folder, many);
  try {
    const residentMiB = ours(memory, 1).residentMiB!;
    console.log(`resident MiB after each 5,000 of ${many}: ${residentMiB.join(', ')}`);
    // The first epoch fills the cache of decoded pictures, the others read it.
    const cached = ours(folder, epochs, join(memory, 'cache')).imagesPerSecond;
    console.log(`images/s epoch by epoch with the cache: ${cached.map(Math.round).join(', ')}`);
    const ourRates = { best: best('ours'), median: median('ours') };
    const result = { ours: ourRates, cached, rounds, residentMiB };
    if (python === undefined) return result;
    const peer = { best: best('peer'), median: median('peer') };
    const ratio = {
      best: result.ours.best / peer.best,
      median: result.ours.median / peer.median,
    };
    console.log(
      `read CelebA layout, 64: ${result.ours.best.toFixed(0)} images/s, ` +
        `torchvision ${peer.best.toFixed(0)}: ${ratio.best.toFixed(2)}× (medians ${ratio.median.toFixed(2)}×)`,
    );
    return { ratio, peer, ...result };
  } finally {
    rmSync(memory, { recursive: true, force: true });
  }
}

/** Calls peer.py as a plain Python would be. */
export function callPython(python: string, words: readonly (string | number)[]): Reading {
  const env = { ...process.env };
  delete env['OPENBLAS_CORETYPE'];
  delete env['OPENBLAS_L2_SIZE'];
  const script = join(HERE, 'peer.py');
  return JSON.parse(
    execFileSync(python, [script, ...words.map(String)], { encoding: 'utf8', env }),
  ) as Reading;
}

/** A folder of `many` names for the pictures of another. */
function manyNames(folder: string, many: number): string {
  const dir = mkdtempSync(`${folder}-many-`);
  const images = 'img_align_celeba';
  const attributes = 'list_attr_celeba.txt';
  mkdirSync(join(dir, images));
  const files = readdirSync(join(folder, images)).sort();
  const [, titles, ...rows] = readFileSync(join(folder, attributes), 'utf8').trim().split('\n');
  const names = Array.from({ length: many }, (_, k) => `${String(k + 1).padStart(6, '0')}.jpg`);
  names.forEach((name, k) =>
    linkSync(join(folder, images, files[k % files.length]!), join(dir, images, name)),
  );
  const values = names.map((name, k) => rows[k % rows.length]!.replace(/^\S+/, name));
  writeFileSync(join(dir, attributes), [many, titles, ...values, ''].join('\n'));
  writeFileSync(join(dir, 'list_eval_partition.txt'), names.map((name) => `${name} 0\n`).join(''));
  if (!existsSync(join(dir, images, names.at(-1)!))) throw new Error(`no links in ${dir}`);
  return dir;
}
