/**
 * Makes the committed annotator again (about a minute on two cores):
 *   node --conditions=@causal/source --import tsx examples/quickstart/make-annotator.ts
 */
import { setupEngine } from '@causal/backend';
import { pendulum } from '@causal/datasets';
import { trainAnnotator } from '@causal/metrics';
import { writeFileAtomic } from '@causal/training/node';
import { COMMITTED } from './annotator';

await setupEngine();
const annotator = await trainAnnotator(pendulum({ size: 48 }), {
  onProgress: ({ step, steps, loss }) => {
    if (step % 50 === 0) console.log(`step ${step}/${steps} loss ${loss.toPrecision(3)}`);
  },
});
console.log('R² by concept, on renders of independent label combinations:', annotator.r2);
await writeFileAtomic(COMMITTED, await annotator.toBytes());
