// MIC and TIC of 4 × 4 pairs at n = 2,000, beside minepy's C (processor time, one thread each).
//   npm run bench -- metrics [--n 2000] [--python venv/bin/python] [--out file.json]
// The peer needs a Python 3.7 or 3.8: `python3.8 -m venv DIR && DIR/bin/pip install 'numpy<1.24'
// 'setuptools<60' wheel && DIR/bin/pip install --no-build-isolation minepy==1.2.6`.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { micStatistics, type MicStatistics } from '@causal/metrics';
import { createRng } from '@causal/random';
import { circumstances } from '../circumstances';

const { values } = parseArgs({
  options: {
    n: { type: 'string', default: '2000' },
    python: { type: 'string' },
    out: { type: 'string' },
  },
});
const n = Number(values.n);
const WIDTH = 4;
const ROUNDS = 3;

// Latents that follow their labels with noise, as those of a trained model: every strength occurs.
const rng = createRng(1);
const labels = Array.from({ length: WIDTH }, () => Array.from({ length: n }, () => rng.normal()));
const latents = labels.map((label, j) =>
  label.map(
    (v, i) => Math.sin(2 * v) + 0.5 * j * labels[(j + 1) % WIDTH]![i]! + 0.2 * rng.normal(),
  ),
);

interface Peer {
  milliseconds: number[];
  mic: number[];
  tic: number[];
}

function ours(estimator: 'approx' | 'e'): Peer {
  const milliseconds: number[] = [];
  let scores: MicStatistics[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    scores = latents.flatMap((z) => labels.map((u) => micStatistics(z, u, { estimator })));
    const { user, system } = process.cpuUsage(before);
    milliseconds.push((user + system) / 1000);
  }
  return { milliseconds, mic: scores.map((s) => s.mic), tic: scores.map((s) => s.tic) };
}

function minepy(estimator: 'approx' | 'e'): Peer | null {
  if (!values.python) return null;
  const script = fileURLToPath(new URL('peer.py', import.meta.url));
  const input = JSON.stringify({ estimator: `mic_${estimator}`, rounds: ROUNDS, latents, labels });
  const { status, stdout, stderr } = spawnSync(values.python, [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`The peer failed: ${stderr}`);
  return JSON.parse(stdout) as Peer;
}

const best = (peer: Peer): number => Math.min(...peer.milliseconds) / WIDTH ** 2;
const farthest = (a: number[], b: number[]): number =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);

console.log(`${WIDTH} × ${WIDTH} pairs, n = ${n}: best of ${ROUNDS} rounds, processor ms a pair\n`);
console.log('| estimator | ours | minepy | minepy ÷ ours | largest difference of MIC, TIC |');
console.log('| --- | --- | --- | --- | --- |');
const results = [];
for (const estimator of ['approx', 'e'] as const) {
  const mine = ours(estimator);
  const peer = minepy(estimator);
  const cells = peer
    ? [
        best(peer).toFixed(1),
        (best(peer) / best(mine)).toFixed(2),
        [farthest(mine.mic, peer.mic), farthest(mine.tic, peer.tic)]
          .map((v) => v.toExponential(1))
          .join(', '),
      ]
    : ['–', '–', '–'];
  console.log(`| ${estimator} | ${best(mine).toFixed(1)} | ${cells.join(' | ')} |`);
  results.push({
    estimator,
    millisecondsPerPair: best(mine),
    ...(peer && {
      minepyMillisecondsPerPair: best(peer),
      minepyOverOurs: best(peer) / best(mine),
      farthestMic: farthest(mine.mic, peer.mic),
      farthestTic: farthest(mine.tic, peer.tic),
    }),
  });
}
if (values.out) {
  writeFileSync(
    values.out,
    `${JSON.stringify({ ...circumstances(), n, pairs: WIDTH ** 2, results }, null, 2)}\n`,
  );
}
