import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { psnr } from './errors';
import { ssim } from './ssim';

useEngine();

interface Fixture {
  shape: [number, number, number];
  a: number[];
  b: number[];
  gaussian: number;
  uniform: number;
  psnr: number;
}
const fixtures = JSON.parse(
  readFileSync(join(__dirname, '../../../../tools/fixtures/mic-ssim.json'), 'utf8'),
) as Fixture[];

describe('scikit-image 0.21 as a peer', () => {
  it.each(fixtures.map((f) => [f.shape.join('×'), f] as const))('%s', (_, f) => {
    const [a, b] = [f.a, f.b].map((v) =>
      tf.tensor3d(
        v.map((pixel) => pixel / 255),
        f.shape,
      ),
    );
    expect(Math.abs(ssim(a!, b!) - f.gaussian)).toBeLessThan(1e-6);
    const defaults = { window: 'uniform', sampleCovariance: true } as const;
    expect(Math.abs(ssim(a!, b!, defaults) - f.uniform)).toBeLessThan(1e-6);
    expect(Math.abs(psnr(a!, b!) - f.psnr)).toBeLessThan(1e-4);
  });
});
