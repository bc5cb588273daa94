import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dataset } from '@causal/datasets';
import { loadAnnotator, trainAnnotator, type Annotator } from '@causal/metrics';
import { writeFileAtomic } from '@causal/training/node';

/** The committed annotator: pendulum, 48 × 48, tight framing (made by make-annotator.ts). */
export const COMMITTED = fileURLToPath(
  new URL('annotator-pendulum-48.safetensors', import.meta.url),
);

/** The committed annotator where it fits; else one trained for this size and kept beside the run. */
export async function annotatorFor(
  data: Dataset,
  size: number,
  out: string,
  signal: AbortSignal,
): Promise<Annotator> {
  if (size === 48) return loadAnnotator(await readFile(COMMITTED));
  const kept = join(out, `annotator-pendulum-${size}.safetensors`);
  try {
    return loadAnnotator(await readFile(kept));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  console.log(`Training an annotator for ${size} px (kept in ${kept}) …`);
  const annotator = await trainAnnotator(data, { seed: 1, signal });
  await writeFileAtomic(kept, await annotator.toBytes());
  return annotator;
}
