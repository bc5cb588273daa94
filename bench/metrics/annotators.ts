// Time and accuracy of the annotators of pendulum, flow and faces by the default options.
//   node --conditions=@causal/source --import tsx bench/metrics/annotators.ts [--engine onnxruntime] [--only faces] [--out file]
import { availableParallelism, cpus } from 'node:os';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type EngineName, setupEngine } from '@causal/backend';
import { faces, flow, pendulum } from '@causal/datasets';
import { trainAnnotator } from '@causal/metrics';
import { execFileSync } from 'node:child_process';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'onnxruntime' },
    only: { type: 'string' },
    out: { type: 'string' },
  },
});
const engine = await setupEngine({ engine: values.engine as EngineName });
const worlds = [pendulum({ size: 48 }), flow({ size: 48 }), faces({ size: 64 })].filter(
  (data) => values.only === undefined || data.name === values.only,
);

const results = [];
for (const data of worlds) {
  const start = performance.now();
  const annotator = await trainAnnotator(data, {
    minimumR2: 0,
    onProgress: ({ step, steps, loss }) => {
      if (step % 250 === 1) console.error(`${data.name}: ${step}/${steps}, ${loss.toFixed(4)}`);
    },
  });
  const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
  results.push({ data: data.name, imageShape: data.imageShape, seconds, r2: annotator.r2 });
  annotator.dispose();
  console.log(JSON.stringify(results.at(-1)));
}
if (values.out) {
  const machine = { cpu: cpus()[0]!.model, cores: availableParallelism(), node: process.version };
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  writeFileSync(
    values.out,
    JSON.stringify(
      { machine, commit, engine: engine.name, threads: engine.threads, results },
      null,
      2,
    ),
  );
}
