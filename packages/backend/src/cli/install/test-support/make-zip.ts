import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';

interface ZipOptions {
  /** Stores names that end so without packing them. */
  readonly stored?: string;
}

/** A zip archive of some files, as other programs write it (without the sums, which wheels repeat). */
export function makeZip(
  files: Readonly<Record<string, string | Buffer>>,
  { stored }: ZipOptions = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = Buffer.from(text);
    const method = stored && name.endsWith(stored) ? 0 : 8;
    const packed = method === 8 ? deflateRawSync(data) : data;
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(packed.length, 4);
    sizes.writeUInt32LE(data.length, 8);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(Buffer.byteLength(name), 0);
    const head = Buffer.from([20, 0, 0, 0, method, 0, 0, 0, 0, 0]);
    parts.push(Buffer.from('PK\x03\x04'), head, sizes, lengths, Buffer.from(name), packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.from('PK\x01\x02\x14\x00'),
      head,
      sizes,
      lengths,
      place,
      Buffer.from(name),
    );
    offset += 30 + Buffer.byteLength(name) + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, list, end]);
}

/** A wheel: a zip archive with a RECORD of its files' checksums. */
export function makeWheel(files: Readonly<Record<string, string>>, project: string): Buffer {
  const record = Object.entries(files).map(([name, text]) => {
    const sha256 = createHash('sha256').update(text).digest('base64url');
    return `${name},sha256=${sha256},${Buffer.byteLength(text)}`;
  });
  const lines = [...record, `${project}.dist-info/RECORD,,`].join('\n');
  return makeZip({ ...files, [`${project}.dist-info/RECORD`]: lines });
}
