// Time and accuracy of the annotators of pendulum, flow and faces by the default options.
//   node --conditions=@causal/source --import tsx bench/metrics/annotators.ts [--engine onnxruntime] [--only faces] [--size 64] [--seed 1] [--out file]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type EngineName, setupEngine } from '@causal/backend';
import { faces, flow, pendulum } from '@causal/datasets';
import { trainAnnotator } from '@causal/metrics';
import { circumstances } from '../circumstances';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'onnxruntime' },
    only: { type: 'string' },
    size: { type: 'string' },
    seed: { type: 'string', default: '0' },
    out: { type: 'string' },
  },
});
const engine = await setupEngine({ engine: values.engine as EngineName });
const seed = Number(values.seed);
const size = (usual: number): number => (values.size ? Number(values.size) : usual);
const worlds = [
  pendulum({ size: size(48) }),
  flow({ size: size(48) }),
  faces({ size: size(64) }),
].filter((data) => values.only === undefined || data.name === values.only);

const results = [];
for (const data of worlds) {
  const start = performance.now();
  const usage = process.cpuUsage();
  const annotator = await trainAnnotator(data, {
    minimumR2: 0,
    seed,
    onProgress: ({ step, steps, loss }) => {
      if (step % 250 === 1) console.error(`${data.name}: ${step}/${steps}, ${loss.toFixed(4)}`);
    },
  });
  const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
  const { user, system } = process.cpuUsage(usage);
  const processorSeconds = Number(((user + system) / 1e6).toFixed(1));
  const { name, imageShape } = data;
  results.push({ data: name, imageShape, seed, seconds, processorSeconds, r2: annotator.r2 });
  annotator.dispose();
  console.log(JSON.stringify(results.at(-1)));
}
if (values.out) {
  const { name, threads } = engine;
  const run = { ...circumstances(), engine: name, threads, results };
  writeFileSync(values.out, `${JSON.stringify(run, null, 2)}\n`);
}
