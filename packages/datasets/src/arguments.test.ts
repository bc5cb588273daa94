import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@causal/random';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import type { Dataset, GeneratedDataset } from './dataset';
import { graphStatusOf } from './dataset';
import { celebA } from './node/celeba';
import { imageFolder } from './node/image-folder';
import { releasedFlow } from './node/released';
import { writeCelebA } from './node/write-celeba';
import { pendulum } from './pendulum/pendulum';
import { contactSheet } from './picture/contact-sheet';
import { labelScaling, scaleLabels } from './scaling';

useEngine();

describe('arguments', () => {
  const data = pendulum({ size: 8, train: 4, test: 1 });
  const bad = data as unknown as Record<keyof GeneratedDataset, (...values: unknown[]) => unknown>;

  it.each<[string, () => unknown, string]>([
    ['batch of nothing', () => bad.batch('train'), '`rows` must be a list of row numbers'],
    ['batch of a number', () => bad.batch('train', 3), '`rows` must be a list of row numbers'],
    ['batch of a text', () => bad.batch('train', ['1']), 'there is no row "1" in \'train\''],
    ['batch beyond', () => bad.batch('train', [4]), "there is no row 4 in 'train', which has 4"],
    ['a split', () => bad.batch('constructor', [0]), "there is no split 'constructor'; there are"],
    ['labels of a split', () => bad.labels('tset'), "there is no split 'tset'"],
    ['render nothing', () => bad.render(), '`labels` must be a list of rows'],
    ['render a row', () => bad.render([1, 2, 3, 4]), '`labels` must be a list of rows'],
    ['render like', () => bad.render([[0, 1, 3, 9]], 7), '`like` must be an object, got 7'],
    [
      'render like of no row',
      () => bad.render([[0, 1, 3, 9]], { split: 'train', rows: [9] }),
      'there is no row 9',
    ],
    ['do() of null', () => bad.counterfactual([], null), '`interventions` must be an object'],
    [
      'do() of a text',
      () => bad.counterfactual([], { light: '1' }),
      'do(light) needs a finite number, got "1"',
    ],
    ['batches', () => bad.batches('train', { batchSize: 2 }), '`rng` must be a generator'],
    [
      'batches of none',
      () => bad.batches('train', { batchSize: 0, rng: createRng(1) }),
      '`batchSize` must be an integer ≥ 1',
    ],
    [
      'batches misspelt',
      () => bad.batches('train', { batchsize: 2, rng: createRng(1) }),
      'did you mean `batchSize`',
    ],
    ['options', () => pendulum(3 as never), 'the options must be an object'],
    ['a seed', () => pendulum({ seed: 'a' as never }), '`seed` must be a finite number'],
    ['a flag', () => pendulum({ continuous: 1 as never }), '`continuous` must be true or false'],
    ['weights', () => pendulum({ weights: 3 as never }), '`weights` must be a function'],
    ['a share', () => pendulum({ test: 'all' as never }), 'test must be a count'],
    ['a sheet', () => contactSheet([3] as never), '`images` must be tensors [n, height'],
    ['a scaling', () => labelScaling(data, 'minmax' as never), "Did you mean 'min-max'?"],
    ['labels to scale', () => scaleLabels(labelScaling(data), [1] as never), 'a list of rows'],
    ['a folder', () => imageFolder(undefined as never, 'l.csv'), '`dir` must be a text'],
    ['a table', () => imageFolder('.', undefined as never), '`csv` must be a text'],
    ['CelebA', () => celebA(3 as never), '`dir` must be a text'],
    ['a selection', () => celebA('.', { concepts: 'hats' as never }), "`concepts` must be 'smile'"],
    ['a limit', () => celebA('.', { limit: { trian: 3 } as never }), 'did you mean `train`'],
    ['a released folder', () => releasedFlow('', {}), '`dir` must be a text, got ""'],
  ])('%s: refused in words', (_, call, message) => {
    expect(call).toThrow(message);
  });

  it('of what writes are refused before anything is written', async () => {
    const wrong = { onProgress: 3 as never };
    await expect(writeCelebA('nowhere', wrong)).rejects.toThrow('`onProgress` must be a function');
  });
});

describe('what a graph is worth', () => {
  it('is said by every data set, or follows from its having an edge', () => {
    const data = pendulum({ size: 8, train: 1, test: 1 });
    expect(data.graphStatus).toBe('true');
    const { graph } = data;
    expect(graphStatusOf({ graph })).toBe('true');
    expect(graphStatusOf({ graph: [[0]] })).toBe('unknown');
    expect(graphStatusOf({ graph, graphStatus: 'believed' })).toBe('believed');
  });
});

describe('data from disk', () => {
  let dir: string;
  let data: ReturnType<typeof imageFolder>;
  const open = (options = {}): ReturnType<typeof imageFolder> =>
    imageFolder(dir, 'l.csv', { size: 8, train: 2, test: 0, ...options });
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'disk-'));
    const create = { width: 8, height: 8, channels: 3 as const, background: '#fff' };
    await sharp({ create }).png().toFile(join(dir, 'a.png'));
    await sharp({ create }).png().toFile(join(dir, 'b.png'));
    writeFileSync(join(dir, 'l.csv'), 'file,x,y\na.png,1,\nb.png,NA,5\n');
    data = open();
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('says what its graph is worth, and refuses a cycle by name', () => {
    const graph = [[0, 1], [0, 0]]; // prettier-ignore
    expect(data.graphStatus).toBe('unknown');
    expect(open({ graph }).graphStatus).toBe('believed');
    expect(open({ graph, graphStatus: 'true' }).graphStatus).toBe('true');
    expect(() => open({ graphStatus: 'true' })).toThrow('give it too');
    expect(() => open({ graph, graphStatus: 'unknown' })).toThrow("one of 'true', 'believed'");
    const cycle = [[0, 1], [1, 0]]; // prettier-ignore
    expect(() => open({ graph: cycle })).toThrow(/graph has a cycle, x → y|y → x/);
  });

  it('is waited for in the way that is right for data in memory too', async () => {
    const wait = async (set: Dataset): Promise<number[]> => {
      const { images, labels } = await set.batch('train', [0, 1]);
      tf.dispose([images, labels]);
      return images.shape;
    };
    expect(await wait(data)).toEqual([2, 8, 8, 3]);
    expect(await wait(pendulum({ size: 8, train: 2, test: 1 }))).toEqual([2, 8, 8, 3]);
    const promised = data.batch('train', [0]) as unknown as { images: unknown };
    expect(() => promised.images).toThrow('write `const { images } = await data.batch(…)`');
    expect(() => {
      const { labels } = promised as unknown as { labels: unknown };
      return labels;
    }).toThrow('there is no `labels` yet');
    const batch = await (promised as unknown as ReturnType<typeof data.batch>);
    tf.dispose(Object.values(batch));
  });

  it('has NaN where a label is missing', async () => {
    const { images, labels } = await data.batch('train', [0, 1]);
    expect([...labels.dataSync()].filter(Number.isNaN)).toHaveLength(2);
    expect(data.concepts.map((c) => c.range)).toEqual([[0, 1], [5, 5]]); // prettier-ignore
    tf.dispose([images, labels]);
  });
});
