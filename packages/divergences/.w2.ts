import { setupEngine } from '@causal/backend';
import { gaussianW2, klGaussian } from '@causal/divergences';
import * as tf from '@tensorflow/tfjs';
import { createRng } from '@causal/random';
await setupEngine({ engine: 'cpu' as any });
const p = Number(process.argv[2]), s = Number(process.argv[3] ?? 1);
const c = () => tf.tidy(() => { const a = tf.tensor2d(createRng(p).normals(p * p + p * 8), [p, p + 8]).mul(s); return a.matMul(a.transpose()).div(p); });
const t = performance.now();
for (const f of [gaussianW2, klGaussian]) {
try { console.log(f.name, f(tf.zeros([p]), c() as any, tf.ones([p]), c() as any).dataSync()[0]); } catch (e) { console.log((e as Error).message); }
console.log(p, s, performance.now() - t);
}
