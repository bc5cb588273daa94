// One engine's share of main.ts, in a process of its own: a line of JSON on stdout.
//   node … bench/engine/engine.ts <stock | name of an engine> <work as JSON>
import * as tf from '@tensorflow/tfjs';
import { setupEngine, type EngineName } from '@causal/backend';
import { measure } from './cases';
import { startStock } from './stock';
import type { Work } from './work';

const [name, text] = process.argv.slice(2);
const work = JSON.parse(text!) as Work;
const before = performance.now();
if (name === 'stock') await startStock();
else await setupEngine({ engine: name as EngineName, threads: work.threads });
tf.tidy(() => tf.add(1, 1).dataSync());
const start = performance.now() - before;
const times = { start: [start], ...measure(work, name === 'stock') };
process.stdout.write(JSON.stringify(times) + '\n');
