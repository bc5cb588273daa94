import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWheel, makeZip } from './test-support/make-zip';
import { openWheel, parseRecord, unpack } from './wheel';
import { readEntry, zipEntries } from './zip';

const folder = mkdtempSync(join(tmpdir(), 'wheel-'));
afterAll(() => rmSync(folder, { recursive: true }));

const put = (name: string, bytes: Buffer): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

const FILES = { 'a/x.txt': 'hello '.repeat(1000), 'a/y.bin': 'plain', 'a/empty': '' };

describe('a zip archive', () => {
  it('gives back its files, packed or not', async () => {
    const file = await open(put('a.zip', makeZip(FILES, { stored: '.bin' })));
    const entries = await zipEntries(file);
    expect([...entries.keys()]).toEqual(Object.keys(FILES));
    for (const [name, text] of Object.entries(FILES)) {
      expect((await readEntry(file, entries.get(name)!)).toString()).toBe(text);
      expect(entries.get(name)!.size).toBe(text.length);
    }
    await file.close();
  });

  it('is refused where its end is missing', async () => {
    const file = await open(put('half.zip', makeZip(FILES).subarray(0, -30)));
    await expect(zipEntries(file)).rejects.toThrow(/no zip archive/);
    await file.close();
  });
});

describe('a wheel', () => {
  it('is unpacked with its checksums', async () => {
    const wheel = await openWheel(put('good.whl', makeWheel(FILES, 'p-1')));
    let bytes = 0;
    await unpack(wheel, 'a/x.txt', join(folder, 'out/x.txt'), (count) => (bytes += count));
    expect(readFileSync(join(folder, 'out/x.txt'), 'utf8')).toBe(FILES['a/x.txt']);
    expect(bytes).toBe(6000);
    await wheel.file.close();
  });

  it('is refused where a file is not what RECORD says', async () => {
    // The stored sum of another text: as if the file had been changed.
    const bytes = makeZip({
      'a/x.txt': 'HELLO',
      'p-1.dist-info/RECORD': 'a/x.txt,sha256=LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ,5',
    });
    const wheel = await openWheel(put('bad.whl', bytes));
    const target = join(folder, 'out/bad.txt');
    await expect(unpack(wheel, 'a/x.txt', target, () => {})).rejects.toThrow(/x\.txt.*damaged/);
    expect(existsSync(target)).toBe(false);
    await wheel.file.close();
  });

  it('has paths with commas in its RECORD', () => {
    const record = parseRecord('"a,b.h",sha256=QQ,3\nc.h,sha256=Qg,4\r\nRECORD,,\n');
    expect([...record]).toEqual([
      ['a,b.h', { sha256: 'QQ', size: 3 }],
      ['c.h', { sha256: 'Qg', size: 4 }],
    ]);
  });
});
