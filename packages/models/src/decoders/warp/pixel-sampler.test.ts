import { createRng } from '@causal/random';
import { PixelSampler } from './pixel-sampler';

it('draws half evenly, half by weight', () => {
  const sampler = new PixelSampler(Int32Array.from([10, 20, 30]), Float64Array.from([0, 0, 1]));
  const drawn = sampler.draw(createRng(1), 60_000);
  const share = (pixel: number): number => drawn.filter((p) => p === pixel).length / drawn.length;
  // Standard error .002: five of them, false-failure odds 6e-7 (and the seed is fixed).
  expect(Math.abs(share(10) - 1 / 6)).toBeLessThan(0.01);
  expect(Math.abs(share(20) - 1 / 6)).toBeLessThan(0.01);
  expect(Math.abs(share(30) - 4 / 6)).toBeLessThan(0.01);
});
