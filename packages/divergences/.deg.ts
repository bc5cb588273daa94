import { setupEngine } from '@causal/backend';
import * as tf from '@tensorflow/tfjs';
import { betweenSamples, ofPairs, ofParameters } from '/work/main/packages/divergences/test-support/losses';
import { normalRows, tensor, type Rows } from '/work/main/packages/divergences/test-support/reference';
await setupEngine({ engine: process.argv[2] as any });
const dup = (rows: Rows) => rows.map((_, i) => rows[i % 2]!);
const cases: Record<string, [Rows, Rows]> = {
  'one point': [normalRows(1, 2, 1), normalRows(1, 2, 2)],
  'constant, equal': [Array(8).fill([1, 2]), Array(8).fill([1, 2])],
  'constant, apart': [Array(8).fill([1, 2]), Array(8).fill([3, 2])],
  'constant x': [Array(8).fill([1, 2]), normalRows(8, 2, 2)],
  'equal samples': [normalRows(8, 2, 1), normalRows(8, 2, 1)],
  duplicates: [dup(normalRows(8, 2, 1)), dup(normalRows(8, 2, 2))],
  'far apart': [normalRows(8, 2, 1), normalRows(8, 2, 2, { mean: 1e10 })],
  'scale 1e-20': [normalRows(8, 2, 1, { std: 1e-20 }), normalRows(8, 2, 2, { std: 1e-20 })],
  'scale 1e-38': [normalRows(8, 2, 1, { std: 1e-38 }), normalRows(8, 2, 2, { std: 1e-38 })],
  'scale 1e20': [normalRows(8, 2, 1, { std: 1e20 }), normalRows(8, 2, 2, { std: 1e20 })],
  'scales mixed': [normalRows(8, 2, 1, { std: 1e-20 }), normalRows(8, 2, 2, { std: 1e20 })],
  'p = 1': [normalRows(8, 1, 1), normalRows(8, 1, 2)],
};
for (const [name, loss] of Object.entries(ofParameters)) {
  const line: string[] = [];
  for (const [what, [x, y]] of Object.entries(cases)) {
    const [a, b] = [tensor(x), tensor(y)];
    try {
      const plain = loss(a, b, 0).dataSync()[0]!;
      const { value, grads } = tf.valueAndGrads((p: any, q: any) => loss(p, q, 0))([a, b]);
      const v = value.dataSync()[0]!;
      const fin = grads.every((g) => g.dataSync().every(Number.isFinite));
      line.push(`${what}: ${v.toPrecision(3)}${Math.abs(v - plain) > 1e-5 * Math.abs(v) + 1e-7 ? '≠' + plain : ''}${fin && Number.isFinite(v) ? '' : ' <<<<NOT FINITE'}`);
    } catch (e) { line.push(`${what}: ERR ${(e as Error).message}`); }
    tf.dispose([a, b]);
  }
  console.log(name + '\n   ' + line.join('\n   '));
}
