import { checkRange, type HostImages, type Images, readImages } from './images';

/** Brightness of red, green and blue (ITU-R BT.601). */
const LUMA = [0.299, 0.587, 0.114];

/**
 * Sharpness: the variance of the Laplacian of the grey picture, averaged over pictures. Blur lowers
 * it; the test images' own value is the one to reach.
 * @param images [n, h, w, c] or [h, w, c] in [0, 1], at least 3×3; colour (c = 3) is made grey.
 * @throws RangeError on pixels that are not in [0, 1] by more than .5 (0 … 255, −1 … 1).
 * @see Tolstikhin et al., "Wasserstein Auto-Encoders", ICLR 2018, appendix D.
 */
export function sharpness(images: Images): number {
  const host = readImages(images, 'sharpness');
  checkRange(host, 1, 'sharpness');
  if (host.height < 3 || host.width < 3) {
    throw new RangeError(
      `sharpness: expected pictures of at least 3×3, got ${host.height}×${host.width}.`,
    );
  }
  let sum = 0;
  for (let i = 0; i < host.n; i++) sum += laplacianVariance(grey(host, i), host);
  return sum / host.n;
}

function grey({ height, width, channels, pixels }: HostImages, index: number): Float64Array {
  const weights = channels === 3 ? LUMA : new Array<number>(channels).fill(1 / channels);
  const size = height * width;
  const result = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const at = (index * size + i) * channels;
    for (let c = 0; c < channels; c++) result[i]! += weights[c]! * pixels[at + c]!;
  }
  return result;
}

function laplacianVariance(values: Float64Array, { height, width }: HostImages): number {
  let sum = 0;
  let squares = 0;
  for (let i = 1; i < height - 1; i++) {
    for (let j = 1; j < width - 1; j++) {
      const at = i * width + j;
      const laplacian =
        values[at - 1]! +
        values[at + 1]! +
        values[at - width]! +
        values[at + width]! -
        4 * values[at]!;
      sum += laplacian;
      squares += laplacian * laplacian;
    }
  }
  const count = (height - 2) * (width - 2);
  return squares / count - (sum / count) ** 2;
}
