// The same from CommonJS.
const { setupEngine } = require('@causal/backend');
const { pendulum } = require('@causal/datasets');
const { CausalWAE } = require('@causal/wae');

async function main() {
  const engine = await setupEngine();
  const data = pendulum({ size: 32, seed: 1 });
  const model = new CausalWAE({ data });
  const run = await model.fit(data, { steps: 10, batchSize: 16, seed: 1 });
  const { images } = data.batch('test', [0, 1, 2, 3]);
  const darker = model.counterfactual(images, { light: 0.9 });
  console.log(engine.name, run.steps, darker.shape);
  if (!darker.dataSync().every(Number.isFinite)) throw new Error('a pixel is not a number');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
