import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { BadFileError } from './bad-file';
import { imageFolder } from './image-folder';

useEngine();

/** A picture whose left half is red and right half blue. */
const WIDTH = 16;
const HALVES = Uint8Array.from({ length: WIDTH * WIDTH * 3 }, (_, i) => {
  const left = Math.floor(i / 3) % WIDTH < WIDTH / 2;
  return i % 3 === (left ? 0 : 2) ? 255 : 0;
});
const raw = { raw: { width: WIDTH, height: WIDTH, channels: 3 as const } };
const halves = (): ReturnType<typeof sharp> => sharp(HALVES, raw);

describe('pictures of every kind', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'kinds-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** RGB of the pixels amid the left, right, upper and lower edges, 0 to 255. */
  const edges = async (name: string, options = {}): Promise<Record<string, number[]>> => {
    writeFileSync(join(dir, 'l.csv'), `file,x\n${name},1\n`);
    const data = imageFolder(dir, 'l.csv', { size: 16, train: 1, test: 0, ...options });
    const { images, labels } = await data.batch('train', [0]);
    const pixels = images.dataSync();
    tf.dispose([images, labels]);
    const at = (y: number, x: number): number[] =>
      Array.from(pixels.slice((y * 16 + x) * 3, (y * 16 + x) * 3 + 3), (v) => Math.round(v * 255));
    return { left: at(8, 1), right: at(8, 14), top: at(1, 8), bottom: at(14, 8) };
  };
  const put = async (name: string, image: ReturnType<typeof sharp>): Promise<string> => {
    writeFileSync(join(dir, name), await image.toBuffer());
    return name;
  };
  const near = (found: number[] | undefined, wanted: number[], by = 3): void =>
    wanted.forEach((v, c) => expect(Math.abs(found![c]! - v)).toBeLessThanOrEqual(by));
  const RED = [255, 0, 0];
  const BLUE = [0, 0, 255];

  it('reads PNG, WebP, GIF and TIFF alike, whatever their names say', async () => {
    for (const [name, image] of [
      ['a.png', halves().png()],
      ['A.PNG', halves().png({ palette: true })],
      ['a.webp', halves().webp({ lossless: true })],
      ['a.gif', halves().gif()],
      ['a.tiff', halves().tiff({ compression: 'lzw' })],
      ['wrong.jpg', halves().png()],
      ['noending', halves().jpeg({ chromaSubsampling: '4:4:4', quality: 100 })],
    ] as const) {
      const { left, right } = await edges(await put(name, image));
      near(left, RED);
      near(right, BLUE);
    }
  });

  it('turns pictures upright as EXIF says, before the middle is cut out', async () => {
    // 3: upside down; 6: to be turned right by a quarter; 8: left by a quarter.
    const jpeg = (orientation: number): ReturnType<typeof sharp> =>
      halves().withMetadata({ orientation }).jpeg({ chromaSubsampling: '4:4:4', quality: 100 });
    const turned = await edges(await put('3.jpg', jpeg(3)));
    near(turned['left'], BLUE);
    near(turned['right'], RED);
    const right = await edges(await put('6.jpg', jpeg(6)));
    near(right['top'], RED);
    near(right['bottom'], BLUE);
    const left = await edges(await put('8.jpg', jpeg(8)), { exactSize: true });
    near(left['top'], BLUE);
    near(left['bottom'], RED);
    const wide = sharp(HALVES.slice(0, WIDTH * 8 * 3), {
      raw: { width: WIDTH, height: 8, channels: 3 },
    });
    const lying = await put('w.jpg', wide.withMetadata({ orientation: 6 }).jpeg());
    await expect(edges(lying, { exactSize: true })).rejects.toThrow('is 8×16, expected 16×16');
  });

  it('takes 16 bits, grey, CMYK, and white for what is transparent', async () => {
    const sixteen = Uint16Array.from(HALVES, (v) => v * 257);
    const deep = sharp(sixteen, raw).toColourspace('rgb16').png();
    expect((await sharp(await deep.clone().toBuffer()).metadata()).depth).toBe('ushort');
    const { left } = await edges(await put('deep.png', deep));
    near(left, RED, 1);
    const grey16 = sharp(
      Uint16Array.from({ length: 256 }, () => 128 * 257),
      { raw: { width: 16, height: 16, channels: 1 } },
    )
      .toColourspace('grey16')
      .png();
    expect((await sharp(await grey16.clone().toBuffer()).metadata()).channels).toBe(1);
    near((await edges(await put('grey16.png', grey16)))['top'], [128, 128, 128], 1);
    const grey = sharp(
      Uint8Array.from({ length: 256 }, (_, i) => i),
      {
        raw: { width: 16, height: 16, channels: 1 },
      },
    );
    near(
      (await edges(await put('grey.png', grey.toColourspace('b-w').png())))['top'],
      [24, 24, 24],
      1,
    );
    const cmyk = halves().toColourspace('cmyk').jpeg({ quality: 100 });
    expect((await sharp(await cmyk.clone().toBuffer()).metadata()).space).toBe('cmyk');
    const mixed = await edges(await put('cmyk.jpg', cmyk));
    expect(mixed['left']![0]).toBeGreaterThan(mixed['left']![2]! + 60);
    expect(mixed['right']![2]).toBeGreaterThan(mixed['right']![0]! + 60);
    const half = sharp({
      create: {
        width: 16,
        height: 16,
        channels: 4,
        background: { r: 255, g: 0, b: 0, alpha: 0.5 },
      },
    });
    near((await edges(await put('alpha.png', half.png())))['top'], [255, 127, 127]);
    const greyAlpha = sharp(
      Uint8Array.from({ length: 512 }, (_, i) => (i % 2 ? 0 : 7)),
      {
        raw: { width: 16, height: 16, channels: 2 },
      },
    );
    near((await edges(await put('ga.png', greyAlpha.png())))['top'], [255, 255, 255]);
  });

  it('takes the first picture of an animation, and files by links', async () => {
    const frames = Buffer.concat([HALVES, HALVES.map((v) => 255 - v)]);
    const tall = { width: WIDTH, height: 2 * WIDTH, channels: 3 as const, pageHeight: WIDTH };
    for (const type of ['gif', 'webp'] as const) {
      const image = sharp(frames, { raw: tall });
      const name = await put(`moving.${type}`, type === 'gif' ? image.gif() : image.webp());
      near((await edges(name))['left'], RED, 60);
    }
    await put('real.png', halves().png());
    symlinkSync(join(dir, 'real.png'), join(dir, 'link.png'));
    near((await edges('link.png'))['left'], RED);
  });

  it('says what is wrong with a file that is no picture', async () => {
    writeFileSync(join(dir, 'float.tif'), floatTiff(16, 16));
    writeFileSync(join(dir, 'empty.png'), '');
    writeFileSync(join(dir, 'text.png'), 'hello');
    writeFileSync(
      join(dir, 'pointer.png'),
      'version https://git-lfs.example/spec/v1\noid sha256:00\nsize 12345\n',
    );
    for (const [name, message] of [
      ['float.tif', "float.tif, row 2: cannot be read as a picture: its pixels are 'float'"],
      ['empty.png', 'empty.png, row 2: is empty (0 bytes)'],
      ['text.png', 'text.png, row 2: cannot be read as a picture'],
      ['pointer.png', 'pointer.png, row 2: is a pointer of Git LFS, not the file itself'],
    ] as const) {
      await expect(edges(name)).rejects.toThrow(BadFileError);
      await expect(edges(name)).rejects.toThrow(message);
    }
    symlinkSync(join(dir, 'gone.png'), join(dir, 'broken.png'));
    await expect(edges('broken.png')).rejects.toThrow('cannot be read: there is no such file');
  });
});

/** A grey TIFF of 32-bit floats. */
function floatTiff(width: number, height: number): Buffer {
  const pixels = Buffer.alloc(width * height * 4);
  for (let i = 0; i < width * height; i++) pixels.writeFloatLE(0.5, 4 * i);
  // Tag, type (3 short, 4 long) and value of: sizes, bits, compression, photometry, strip, samples.
  const tags = [
    [256, 3, width], [257, 3, height], [258, 3, 32], [259, 3, 1], [262, 3, 1], [273, 4, 0],
    [277, 3, 1], [278, 3, height], [279, 4, pixels.length], [339, 3, 3],
  ] as const; // prettier-ignore
  const head = Buffer.alloc(8 + 2 + tags.length * 12 + 4);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, type, value], k) => {
    const at = 10 + 12 * k;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(1, at + 4);
    head.writeUInt32LE(tag === 273 ? head.length : value, at + 8);
  });
  return Buffer.concat([head, pixels]);
}
