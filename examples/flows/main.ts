// A cloud of points flows to another down the gradient of each divergence: a PNG strip.
//
//   node --conditions=@causal/source --import tsx examples/flows/main.ts [--short] [--out flows.png]
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { setupEngine } from '@causal/backend';
import { createRng, type Rng } from '@causal/random';
import {
  energyDistance,
  imq,
  mmd,
  rbf,
  sinkhornDivergence,
  slicedWasserstein,
} from '@causal/divergences';
import { Resvg } from '@resvg/resvg-js';
import * as tf from '@tensorflow/tfjs';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    out: { type: 'string', default: 'runs/flows.png' },
  },
});
const { short } = values;

type Loss = (x: tf.Tensor2D, y: tf.Tensor2D, step: number) => tf.Scalar;
interface Flow {
  readonly name: string;
  readonly loss: Loss;
  /** Step of gradient descent on n·loss: the flow's unit of time. */
  readonly rate: number;
}

const flows: readonly Flow[] = [
  {
    name: 'MMD², RBF, σ = .2',
    loss: (x, y) => mmd(x, y, { kernel: rbf({ sigma: 0.2 }) }),
    rate: 0.02,
  },
  {
    name: 'MMD², RBF, five scales',
    loss: (x, y) => mmd(x, y, { kernel: rbf({ sigma: [0.1, 0.25, 0.5, 1, 2], reduce: 'mean' }) }),
    rate: 0.05,
  },
  { name: "MMD², WAE's seven IMQ", loss: (x, y) => mmd(x, y, { kernel: imq() }), rate: 0.03 },
  { name: 'Energy distance', loss: (x, y) => energyDistance(x, y), rate: 0.08 },
  {
    name: 'Sliced Wasserstein²',
    // Fresh directions each step: together they see all of them.
    loss: (x, y, step) => slicedWasserstein(x, y, { count: 32, root: false, seed: step }),
    rate: 0.15,
  },
  {
    name: 'Sinkhorn divergence, ε = .01',
    loss: (x, y) => sinkhornDivergence(x, y, { epsilon: 0.01 }),
    rate: 0.06,
  },
];

/** A disc at the left; two crescents at the right. */
function clouds(n: number, rng: Rng): [tf.Tensor2D, tf.Tensor2D] {
  const disc = Array.from({ length: n }, () => {
    const [radius, angle] = [0.25 * Math.sqrt(rng.uniform()), 2 * Math.PI * rng.uniform()];
    return [0.25 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)];
  });
  const crescents = Array.from({ length: n }, (_, i) => {
    const angle = Math.PI * rng.uniform();
    const [sign, radius] = [i % 2 === 0 ? 1 : -1, 0.28 + 0.02 * rng.normal()];
    return [
      0.64 - sign * 0.09 + radius * 0.8 * Math.cos(angle),
      0.5 + sign * (radius * Math.sin(angle) - 0.06),
    ];
  });
  return [tf.tensor2d(disc), tf.tensor2d(crescents)];
}

await setupEngine();
const n = short ? 60 : 300;
const frames = short ? [0, 2, 5] : [0, 5, 15, 40, 100, 300];
const [start, target] = clouds(n, createRng('flows'));
const [cell, margin, titles] = [180, 8, 22];
const width = margin + frames.length * (cell + margin);
const height = margin + flows.length * (cell + titles + margin);
const shapes: string[] = [];

function draw(points: Float32Array, left: number, top: number, colour: string): void {
  for (let i = 0; i < points.length; i += 2) {
    const inside = [points[i]!, points[i + 1]!].every((v) => v > 0.01 && v < 0.99);
    if (!inside) continue;
    const [cx, cy] = [left + cell * points[i]!, top + cell * (1 - points[i + 1]!)];
    shapes.push(`<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="1.6" fill="${colour}"/>`);
  }
}

const targetPoints = Float32Array.from(target.dataSync());
for (const [row, { name, loss, rate }] of flows.entries()) {
  const top = margin + row * (cell + titles + margin);
  const began = performance.now();
  let x = start.clone();
  let last = 0;
  for (let step = 0; step <= frames.at(-1)!; step++) {
    const column = frames.indexOf(step);
    if (column >= 0) {
      const left = margin + column * (cell + margin);
      shapes.push(
        `<rect x="${left}" y="${top + titles}" width="${cell}" height="${cell}" fill="none" stroke="#ddd"/>`,
      );
      draw(targetPoints, left, top + titles, '#c9d3df');
      draw(Float32Array.from(x.dataSync()), left, top + titles, '#c2410c');
      const title = column === 0 ? name : `step ${step}`;
      shapes.push(`<text x="${left}" y="${top + titles - 6}" fill="#333">${title}</text>`);
    }
    const [moved, value] = tf.tidy(() => {
      const found = tf.valueAndGrad((points) => loss(points as tf.Tensor2D, target, step))(x);
      return [tf.sub(x, tf.mul(found.grad, n * rate)) as tf.Tensor2D, found.value as tf.Scalar];
    }) as [tf.Tensor2D, tf.Scalar];
    last = value.dataSync()[0]!;
    tf.dispose([x, value]);
    x = moved;
  }
  x.dispose();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${name.padEnd(30)} ends at ${last.toExponential(2)}, ${seconds} s`);
}
tf.dispose([start, target]);
if (!short) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>${shapes.join('')}</svg>`;
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, new Resvg(svg).render().asPng());
  console.log(`Wrote ${values.out}`);
}
