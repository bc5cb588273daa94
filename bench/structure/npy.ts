import { writeFileSync } from 'node:fs';

/** Writes a float64 matrix as numpy reads it (format 1.0, row-major, little-endian). */
export function writeNpy(file: string, x: readonly (readonly number[])[]): void {
  const [n, d] = [x.length, x[0]!.length];
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${n}, ${d}), }`;
  // Magic, version and length take 10 bytes; the header ends on a multiple of 64 with a line feed.
  const padded = header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11) + '\n';
  const preamble = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length, 0]);
  writeFileSync(
    file,
    Buffer.concat([preamble, Buffer.from(padded), Buffer.from(new Float64Array(x.flat()).buffer)]),
  );
}
