import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { pendulum } from '../pendulum/pendulum';
import { releasedFlow, releasedPendulum } from './released';

useEngine();

describe('the released folders', () => {
  let dir: string;
  const put = (fixture: string, path: string): void =>
    copyFileSync(join(__dirname, '../../fixtures', fixture), join(dir, path));
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'released-'));
    mkdirSync(join(dir, 'train'));
    mkdirSync(join(dir, 'test'));
    put('pendulum-003.png', 'train/a_-40_101_5_7.png');
    put('pendulum-020.png', 'train/a_20_99_3_11.png');
    put('pendulum-011.png', 'test/a_-20_147_11_14.png');
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('give the integers of the names and the pictures', async () => {
    const data = releasedPendulum(dir);
    expect(data.labels('train')).toEqual([
      [-40, 101, 5, 7],
      [20, 99, 3, 11],
    ]);
    expect(data.labels('test')).toEqual([[-20, 147, 11, 14]]);
    expect(data.size('validation')).toBe(0);
    expect(data.concepts.map((c) => c.name)).toEqual(['angle', 'light', 'length', 'position']);
    expect(releasedFlow(dir).concepts.map((c) => c.name)).toEqual([
      'ball',
      'height',
      'flow',
      'hole',
    ]);
    const { images, labels } = await data.batch('train', [0]);
    const ours = pendulum({ size: 96, framing: 'released', train: 1, test: 1 }).render([
      [(-40 * Math.PI) / 200, (101 * Math.PI) / 200, 5.704695914773786, 7.32045385117342],
    ]);
    expect(tf.mean(tf.abs(tf.sub(images, ours))).dataSync()[0]).toBeLessThan(0.0005);
    tf.dispose([images, labels, ours]);
  });

  it('say which file has a wrong name, and what is missing', () => {
    writeFileSync(join(dir, 'test', 'a_1_2_3.png'), '');
    expect(() => releasedPendulum(dir)).toThrow('a_1_2_3.png, row 2: expected a name like');
    rmSync(join(dir, 'test', 'a_1_2_3.png'));
    expect(() => releasedPendulum(join(dir, 'train'))).toThrow('expected train/ and test/');
  });
});
