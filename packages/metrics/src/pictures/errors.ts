import { type Images, readImagePair } from './images';

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
 */
export function psnr(a: Images, b: Images, options: { readonly dataRange?: number } = {}): number {
  const { dataRange = 1 } = options;
  return 10 * Math.log10(dataRange ** 2 / meanOver(a, b, 'psnr', (error) => error * error));
}

function meanOver(a: Images, b: Images, caller: string, f: (error: number) => number): number {
  const [{ pixels: p }, { pixels: q }] = readImagePair(a, b, caller);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += f(p[i]! - q[i]!);
  return sum / p.length;
}
