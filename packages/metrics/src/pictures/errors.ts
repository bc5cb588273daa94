import { checkKeys, checkNumber } from '@causal/options';
import { checkRange, type Images, readImagePair, readImages } from './images';

/** Mean squared error of a channel of a pixel. */
export function mse(a: Images, b: Images): number {
  return meanOver(a, b, 'mse', (error) => error * error);
}

/** Mean absolute error of a channel of a pixel. */
export function mae(a: Images, b: Images): number {
  return meanOver(a, b, 'mae', Math.abs);
}

/**
 * Peak signal-to-noise ratio 10·log₁₀(range² / MSE) in dB, over the whole batch; Infinity where the
 * batches are equal.
 * @param options.dataRange Distance between the lowest and the highest possible value. Default 1.
 * @throws RangeError on pixels that are not in [0, dataRange] by more than half of it.
 */
export function psnr(a: Images, b: Images, options: { readonly dataRange?: number } = {}): number {
  checkKeys(options, ['dataRange'], 'psnr', { data_range: 'dataRange', maxVal: 'dataRange' });
  const { dataRange = 1 } = options;
  checkNumber(dataRange, 'dataRange', 'psnr', { above: 0 });
  for (const images of [a, b]) checkRange(readImages(images, 'psnr'), dataRange, 'psnr');
  return 10 * Math.log10(dataRange ** 2 / meanOver(a, b, 'psnr', (error) => error * error));
}

function meanOver(a: Images, b: Images, caller: string, f: (error: number) => number): number {
  const [{ pixels: p }, { pixels: q }] = readImagePair(a, b, caller);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += f(p[i]! - q[i]!);
  return sum / p.length;
}
