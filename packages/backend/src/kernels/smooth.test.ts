import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { useEngine } from '../test-support/engine';

useEngine();

const run = (name: string, inputs: Record<string, tf.Tensor>, attrs = {}): tf.Tensor[] => {
  const made = tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, inputs, attrs);
  return Array.isArray(made) ? made : [made];
};
/** Kernels of engines on the wasm heap; others have none of these. */
const has = (name: string): boolean => tf.getKernel(name, tf.getBackend()) !== undefined;
const sizes = [1, 3, 4, 17, 40_001];

it.each(sizes)('SinCos gives both to two units in the seventh place, %i numbers', (n) => {
  if (!has('SinCos')) return expect(['cpu', 'tensorflow', 'webgpu']).toContain(tf.getBackend());
  // Mostly within the fast reduction, some beyond it.
  const x = createRng(1)
    .normals(n)
    .map((v, i) => v * (i % 50 === 7 ? 3000 : 60));
  const [sine, cosine] = run('SinCos', { x: tf.tensor1d(x) }).map((t) => t.dataSync());
  let worst = 0;
  x.forEach((v, i) => {
    worst = Math.max(worst, Math.abs(sine![i]! - Math.sin(v)));
    worst = Math.max(worst, Math.abs(cosine![i]! - Math.cos(v)));
  });
  expect(worst).toBeLessThan(2e-7);
});

it.each(sizes)('Silu gives x·σ(x) and σ(x), and SiluGrad its derivative, %i numbers', (n) => {
  if (!has('Silu')) return expect(['cpu', 'tensorflow', 'webgpu']).toContain(tf.getBackend());
  const x = createRng(2)
    .normals(n)
    .map((v) => v * 6);
  const dy = createRng(3).normals(n);
  const [y, gate] = run('Silu', { x: tf.tensor1d(x) }) as [tf.Tensor, tf.Tensor];
  const [dx] = run('SiluGrad', { gate, y, dy: tf.tensor1d(dy) });
  const [ys, gates, dxs] = [y, gate, dx!].map((t) => t.dataSync()) as Float32Array[];
  let worst = 0;
  x.forEach((v, i) => {
    const s = 1 / (1 + Math.exp(-v));
    const slope = s + v * s * (1 - s);
    worst = Math.max(worst, Math.abs(gates![i]! - s));
    worst = Math.max(worst, Math.abs(ys![i]! - v * s) / (1 + Math.abs(v)));
    worst = Math.max(worst, Math.abs(dxs![i]! - dy[i]! * slope) / (8 + 8 * Math.abs(dy[i]!)));
  });
  expect(worst).toBeLessThan(5e-7);
});

it.each([
  [3, 4, 50],
  [7, 8, 333],
])(
  'GridRead reads between cells, and GridReadGrad is its transpose: side %i',
  (side, channels, rows) => {
    if (!has('GridRead')) return expect(['cpu', 'tensorflow', 'webgpu']).toContain(tf.getBackend());
    const rng = createRng(4);
    const reach = 1.2;
    const cells = rng.normals(side * side * channels);
    const places = rng.normals(2 * rows);
    const dy = rng.normals(rows * channels);
    const inputs = {
      cells: tf.tensor2d(cells, [side * side, channels]),
      places: tf.tensor2d(places, [rows, 2]),
    };
    const [y] = run('GridRead', inputs, { side, reach });
    const made = run(
      'GridReadGrad',
      { ...inputs, dy: tf.tensor2d(dy, [rows, channels]) },
      { side, reach },
    );
    const toCells = new Float64Array(cells.length);
    const values = y!.dataSync();
    const toPlaces = made[1]!.dataSync();
    for (let r = 0; r < rows; r++) {
      const free = [0, 1].map((o) => ((places[2 * r + o]! / reach + 1) / 2) * (side - 1));
      const at = free.map((v) => Math.min(side - 1, Math.max(0, v)));
      const low = at.map((v) => Math.min(side - 2, Math.floor(v)));
      const [fx, fy] = at.map((v, o) => v - low[o]!) as [number, number];
      const first = (low[1]! * side + low[0]!) * channels;
      let [alongX, alongY] = [0, 0];
      for (let c = 0; c < channels; c++) {
        const index = [0, 1, side, side + 1].map((step) => first + step * channels + c);
        const [a, b, d, e] = index.map((i) => cells[i]!) as [number, number, number, number];
        const share = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy];
        const expected = a * share[0]! + b * share[1]! + d * share[2]! + e * share[3]!;
        expect(Math.abs(values[r * channels + c]! - expected)).toBeLessThan(3e-5);
        const g = dy[r * channels + c]!;
        index.forEach((i, k) => (toCells[i]! += g * share[k]!));
        alongX += g * ((b - a) * (1 - fy) + (e - d) * fy);
        alongY += g * ((d - a) * (1 - fx) + (e - b) * fx);
      }
      const scale = (side - 1) / (2 * reach);
      const inside = free.map((v, o) => Number(v === at[o]) * scale);
      expect(Math.abs(toPlaces[2 * r]! - alongX * inside[0]!)).toBeLessThan(1e-3);
      expect(Math.abs(toPlaces[2 * r + 1]! - alongY * inside[1]!)).toBeLessThan(1e-3);
    }
    made[0]!.dataSync().forEach((v, i) => expect(Math.abs(v - toCells[i]!)).toBeLessThan(1e-4));
  },
);
