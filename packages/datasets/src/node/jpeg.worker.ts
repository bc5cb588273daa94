/** A thread of {@link JpegThreads}: reads and decodes the files that it is asked for. */
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { JpegSquares } from './jpeg/jpeg-squares';
import type { JpegAnswer, JpegRequest, JpegWork } from './jpeg-threads';

const { expect, crop, size } = workerData as JpegWork;
const squares = new JpegSquares(expect, crop, size);
/** Small pictures have small files; others are read elsewhere. */
const buffer = new Uint8Array(2 ** 20);
const length = size * size * 3;

parentPort!.on('message', ({ id, paths }: JpegRequest) => {
  const pixels = new Uint8Array(paths.length * length);
  const decoded = paths.map((path, k) => {
    const file = read(path);
    return file && squares.decode(file, pixels.subarray(k * length, (k + 1) * length));
  });
  const answer: JpegAnswer = { id, pixels, decoded: decoded.map((done) => done === true) };
  parentPort!.postMessage(answer, [pixels.buffer]);
});

/** A whole file; undefined if it is large or cannot be read: others will say what is wrong with it. */
function read(path: string): Uint8Array | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    let end = 0;
    for (let n = 1; n > 0 && end < buffer.length; end += n) {
      n = readSync(file, buffer, end, buffer.length - end, null);
    }
    return end < buffer.length ? buffer.subarray(0, end) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
