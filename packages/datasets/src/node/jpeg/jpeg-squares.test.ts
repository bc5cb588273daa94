import { createRng, type Rng } from '@causal/random';
import sharp, { type Sharp } from 'sharp';
import { SquareResampler } from '../resample';
import { JpegSquares } from './jpeg-squares';

const WIDTH = 46;
const HEIGHT = 61;
const CROP = 44;

/** A picture of smooth colours with some edges and noise. */
function picture(rng: Rng, channels: 1 | 3 = 3): Sharp {
  const waves = Array.from({ length: 3 * channels }, () => rng.uniform() * 0.3);
  const pixels = new Uint8Array(WIDTH * HEIGHT * channels);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      for (let c = 0; c < channels; c++) {
        const [a, b, level] = waves.slice(3 * c) as [number, number, number];
        const edge = (x >> 3) % 5 === 0 ? 30 : 0;
        const value = 110 + 300 * level * Math.sin(a * x + b * y) + edge + 10 * rng.normal();
        pixels[(y * WIDTH + x) * channels + c] = Math.min(250, Math.max(5, value));
      }
    }
  }
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

/** What the other decoder gives: the whole picture unpacked, then cut and resized. */
async function plainly(file: Uint8Array, size: number): Promise<Uint8Array> {
  const { data, info } = await sharp(file, { failOn: 'warning' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return new SquareResampler(CROP, size).resize(data, info.width, info.height, info.channels);
}

const squares = (size: number): JpegSquares => new JpegSquares([WIDTH, HEIGHT], CROP, size);

describe('JpegSquares', () => {
  it.each([
    ['colours at half size', { quality: 90, mozjpeg: false, chromaSubsampling: '4:2:0' }],
    ['colours at full size', { quality: 95, mozjpeg: false, chromaSubsampling: '4:4:4' }],
    ['coarse steps', { quality: 30, mozjpeg: false, chromaSubsampling: '4:2:0' }],
    ['tables of its own', { quality: 90, mozjpeg: false, optimiseCoding: false }],
  ])('gives what unpacking and resizing gives: %s', async (_, options) => {
    const rng = createRng(3);
    for (const size of [16, 20, 44, 60]) {
      const file = await picture(rng).jpeg(options).toBuffer();
      const ours = new Uint8Array(size * size * 3);
      expect(squares(size).decode(file, ours)).toBe(true);
      const plain = await plainly(file, size);
      const differences = plain.map((v, i) => Math.abs(v - ours[i]!));
      // The plain way rounds to bytes three times (8 bits of brightness and colours, RGB, then again).
      expect(differences.reduce((a, b) => a + b) / plain.length).toBeLessThan(0.6);
      expect(Math.max(...differences)).toBeLessThanOrEqual(size > CROP ? 8 : 5);
    }
  });

  it('reads grey pictures', async () => {
    const file = await picture(createRng(4), 1).toColourspace('b-w').jpeg().toBuffer();
    const ours = new Uint8Array(20 * 20 * 3);
    expect(squares(20).decode(file, ours)).toBe(true);
    const plain = await plainly(file, 20);
    expect(Math.max(...plain.map((v, i) => Math.abs(v - ours[i]!)))).toBeLessThanOrEqual(2);
  });

  it('leaves to others what it does not know: progressive, CMYK, profiles, other sizes and formats', async () => {
    const rng = createRng(5);
    const out = new Uint8Array(20 * 20 * 3);
    const others = [
      picture(rng).jpeg({ progressive: true }),
      picture(rng).toColourspace('cmyk').jpeg(),
      picture(rng).withMetadata({ icc: 'p3' }).jpeg(),
      picture(rng).resize(40, 61).jpeg(),
      picture(rng).png(),
    ];
    for (const other of others) expect(squares(20).decode(await other.toBuffer(), out)).toBe(false);
    expect(squares(20).decode(new Uint8Array(0), out)).toBe(false);
  });

  it('takes no damaged file that the other decoder refuses, and no cut one', async () => {
    const rng = createRng(6);
    const decoder = squares(16);
    const out = new Uint8Array(16 * 16 * 3);
    let taken = 0;
    for (let k = 0; k < 400; k++) {
      const file = await picture(rng).jpeg().toBuffer();
      const damaged = Buffer.from(file);
      for (let edits = 1 + rng.int(3); edits > 0; edits--) {
        damaged[rng.int(damaged.length)] = rng.int(256);
      }
      if (decoder.decode(file.subarray(0, rng.int(file.length)), out)) throw new Error('cut');
      if (!decoder.decode(damaged, out)) continue;
      taken++;
      const plain = await plainly(damaged, 16);
      // What is read must also look as it does there, but where damage drives levels far beyond 0 … 255.
      const total = plain.reduce((sum, v, i) => sum + Math.abs(v - out[i]!), 0);
      expect(total / plain.length).toBeLessThan(12);
    }
    // Some damage leaves a file that is in order.
    expect(taken).toBeGreaterThan(20);
    expect(taken).toBeLessThan(300);
  });
});
