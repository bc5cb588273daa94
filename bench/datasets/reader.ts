// Reads a folder in CelebA's layout as a user's program does; `main.ts` builds and runs it.
//   node reader.mjs FOLDER EPOCHS THREADS [CACHE]   prints one line of JSON
import { celebA } from '@causal/datasets/node';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

const [folder, epochs, threads, cache] = process.argv.slice(2);
const data = celebA(folder!, { size: 64, ...(cache && { cache: { dir: cache } }) });
const imagesPerSecond: number[] = [];
/** Resident MiB after every 5,000 pictures. */
const residentMiB: number[] = [];
let pictures = 0;
for (let epoch = 0; epoch < Number(epochs); epoch++) {
  const start = performance.now();
  const before = pictures;
  const options = { batchSize: 64, rng: createRng(epoch), dropRemainder: false };
  for await (const batch of data.batches('train', options)) {
    const seen = pictures + batch.images.shape[0];
    if (Math.floor(seen / 5000) > Math.floor(pictures / 5000)) {
      residentMiB.push(Math.round(process.memoryUsage().rss / 2 ** 20));
    }
    pictures = seen;
    tf.dispose(Object.values(batch));
  }
  imagesPerSecond.push(((pictures - before) * 1000) / (performance.now() - start));
}
await data.close();
console.log(JSON.stringify({ threads: Number(threads), imagesPerSecond, residentMiB }));
