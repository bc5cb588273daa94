import type { Batch } from '../dataset';

const PARTS: readonly (keyof Batch)[] = ['images', 'labels', 'labelled', 'weights'];

/**
 * A batch that is being read from disk. Whoever takes a part of it without waiting, as can be done
 * with data in memory, would get undefined from a plain promise: here an error says what to do.
 */
export function promisedBatch(batch: Promise<Batch>, name: string): Promise<Batch> {
  for (const part of PARTS) {
    void Object.defineProperty(batch, part, {
      get: () => {
        throw new TypeError(
          `${name}: \`batch\` reads from disk, so there is no \`${part}\` yet: write \`const { ${part} } = await data.batch(…)\`.`,
        );
      },
    });
  }
  return batch;
}
