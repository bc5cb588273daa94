// Draws pictures/morpho-mnist.png and pictures/morpho-mnist-do.png of the README.
//   node --conditions=@causal/source --import tsx packages/datasets/scripts/morpho-mnist-pictures.mjs
import { writeFileSync } from 'node:fs';
import { contactSheet } from '@causal/datasets';
import { morphoMnist } from '@causal/datasets/node';
import * as tf from '@tensorflow/tfjs';

const COLUMNS = 16;
await tf.setBackend('cpu');
const data = morphoMnist({ train: 1, test: 64, slant: true, cache: false });
const rows = Array.from({ length: COLUMNS }, (_, row) => row);
const labels = data.labels('test').slice(0, COLUMNS);
const like = { split: 'test', rows };
const under = (interventions) => data.render(data.counterfactual(labels, interventions), like);

const all = data.batch('test', [...Array(64).keys()]);
write('morpho-mnist', all.images);
write('morpho-mnist-do', [
  data.render(labels, like),
  under({ thickness: 1.5 }),
  under({ thickness: 4.5 }),
  under({ intensity: 90 }),
  under({ intensity: 250 }),
  under({ slant: -0.5 }),
  under({ slant: 0.5 }),
]);

function write(name, images) {
  const file = new URL(`../pictures/${name}.png`, import.meta.url);
  writeFileSync(file, contactSheet(images, { columns: COLUMNS, scale: 2 }));
  console.log(file.pathname);
}
