// Draws docs/graph.svg, the README's picture:
// `node --conditions=@causal/source --import tsx packages/graph/scripts/picture.mjs`.
import { writeFileSync } from 'node:fs';
import { toSvg } from '@causal/graph';

const names = ['angle', 'light', 'length', 'position'];
const truth = [
  [0, 0, 1, 1],
  [0, 0, 1, 1],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
];
const learned = [
  [0, 0, 0.83, 0],
  [0.12, 0, 0, -0.41],
  [0, 0.6, 0, 0],
  [0, 0, 0, 0],
];
writeFileSync(
  new URL('../docs/graph.svg', import.meta.url),
  toSvg(learned, { names, truth, title: 'Learned beside true' }),
);
