// Built and run by node.test.ts in a process of its own.
import { createRng } from '@causal/random';
import { micMatrix } from '../mic/mic-matrix';
import { parallelMicMatrix } from '../node/parallel-mic-matrix';

async function main(): Promise<void> {
  const rng = createRng(3);
  const table = (d: number): number[][] =>
    Array.from({ length: 200 }, () => Array.from({ length: d }, () => rng.normal()));
  const [x, y] = [table(2), table(3)];
  const options = { estimator: 'e', alpha: 0.5, c: 7 } as const;
  const progress: number[] = [];
  const parallel = await parallelMicMatrix(x, y, {
    ...options,
    threads: 3,
    onProgress: ({ done, total }) => progress.push(done / total),
  });
  const controller = new AbortController();
  const aborted = await parallelMicMatrix(x, y, {
    threads: 2,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  }).catch((error: Error) => error.name);
  const plain = await micMatrix(x, y, options);
  process.stdout.write(JSON.stringify({ parallel, plain, progress, aborted }));
}

void main();
