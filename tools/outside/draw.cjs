// The same from CommonJS.
const { pendulum } = require('@causal/datasets');
const { toSvg, topologicalOrder } = require('@causal/graph');

const data = pendulum({ size: 32, seed: 1 });
const { images, labels } = data.batch('test', [0, 1, 2, 3]);
console.log(images.shape, labels.shape, topologicalOrder(data.graph));
if (!toSvg(data.graph).startsWith('<svg')) throw new Error('toSvg gave no SVG');
