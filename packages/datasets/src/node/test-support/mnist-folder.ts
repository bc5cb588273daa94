import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** For tests: a folder as MNIST's, whose digits are bars, two pixels wider for each number. */
export function writeDigits(
  dir: string,
  labels: { readonly train: readonly number[]; readonly test: readonly number[] },
  { mark = '-', gzip = false }: { readonly mark?: string; readonly gzip?: boolean } = {},
): void {
  for (const [prefix, digits] of [
    ['train', labels.train],
    ['t10k', labels.test],
  ] as const) {
    const pictures = Buffer.alloc(16 + 784 * digits.length);
    [0x803, digits.length, 28, 28].forEach((v, k) => pictures.writeUInt32BE(v, 4 * k));
    digits.forEach((digit, k) => {
      for (let y = 5; y < 23; y++) {
        const from = 16 + 784 * k + y * 28 + 4;
        pictures.fill(255, from, from + 2 + 2 * digit);
      }
    });
    const told = Buffer.alloc(8 + digits.length, Buffer.from(digits));
    [0x801, digits.length].forEach((v, k) => told.writeUInt32BE(v, 4 * k));
    digits.forEach((digit, k) => told.writeUInt8(digit, 8 + k));
    const end = gzip ? '.gz' : '';
    const bytes = (b: Buffer): Buffer => (gzip ? gzipSync(b) : b);
    writeFileSync(join(dir, `${prefix}-images${mark}idx3-ubyte${end}`), bytes(pictures));
    writeFileSync(join(dir, `${prefix}-labels${mark}idx1-ubyte${end}`), bytes(told));
  }
}
