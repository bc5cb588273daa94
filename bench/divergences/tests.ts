// Level and power of hsicTest: the share of p ≤ α over many draws
//
//   node --conditions=@causal/source --import tsx bench/divergences/tests.ts [--runs 2000]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setupEngine, type EngineName } from '@causal/backend';
import { hsicTest, type BandwidthRule } from '@causal/divergences';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { circumstances } from '../circumstances';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'wasm' },
    runs: { type: 'string', default: '2000' },
  },
});
const runs = Number(values.runs);
const info = await setupEngine({ engine: values.engine as EngineName, threads: 1 });

interface Pairs {
  readonly what: string;
  readonly n: number;
  readonly draw: (rng: Rng) => readonly [number, number];
  readonly bandwidth?: number | BandwidthRule;
}
const exponential = (rng: Rng): number => -Math.log(1 - rng.uniform());
const level: readonly Pairs[] = [
  { what: 'normal, normal', n: 20, draw: (rng) => [rng.normal(), rng.normal()] },
  { what: 'normal, normal', n: 60, draw: (rng) => [rng.normal(), rng.normal()] },
  { what: 'normal, normal', n: 200, draw: (rng) => [rng.normal(), rng.normal()] },
  { what: 'exponential, coin', n: 60, draw: (rng) => [exponential(rng), rng.uniform() < 0.5 ? 0 : 1] }, // prettier-ignore
];
const power: readonly Pairs[] = [
  {
    what: 'parabola: x normal, y = x² + .3 e',
    n: 60,
    draw: (rng) => {
      const x = rng.normal();
      return [x, x * x + 0.3 * rng.normal()];
    },
  },
  {
    what: 'circle of radius 1, noise .1, σ = .3',
    n: 60,
    bandwidth: 0.3,
    draw: (rng) => {
      const angle = 2 * Math.PI * rng.uniform();
      return [Math.cos(angle) + 0.1 * rng.normal(), Math.sin(angle) + 0.1 * rng.normal()];
    },
  },
];

async function rejections({ what, n, draw, bandwidth }: Pairs, method: 'permutation' | 'gamma') {
  const rng = createRng(`${what} ${n}`);
  const rejected = { '0.01': 0, '0.05': 0 };
  for (let run = 0; run < runs; run++) {
    const pairs = Array.from({ length: n }, () => draw(rng));
    const [x, y] = [0, 1].map((c) => tf.tensor2d(pairs.map((pair) => [pair[c]!]))) as [
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    const options = { method, permutations: 99, seed: run, ...(bandwidth && { bandwidth }) };
    const { pValue } = await hsicTest(x, y, options);
    tf.dispose([x, y]);
    if (pValue <= 0.05) rejected['0.05']++;
    if (pValue <= 0.01) rejected['0.01']++;
  }
  const row = { what, n, method, at01: rejected['0.01'] / runs, at05: rejected['0.05'] / runs };
  console.log(JSON.stringify(row));
  return row;
}

const rows = { level: [] as object[], power: [] as object[] };
for (const method of ['permutation', 'gamma'] as const) {
  for (const pairs of level) rows.level.push(await rejections(pairs, method));
  for (const pairs of power) rows.power.push(await rejections(pairs, method));
}
const report = {
  what: `hsicTest, 99 permutations, share of ${runs} draws with p ≤ .01 and ≤ .05`,
  ...circumstances(),
  engine: info.name,
  ...rows,
};
const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'tests.json'), JSON.stringify(report, null, 2) + '\n');
