import { countTensors, testEngine } from '../test-support/engine';
import { autoencoder } from './autoencoder';
import { measureEngine } from './measure';

const SMALL = { size: 64, batch: 1 };

it('measures the engine under test and leaves no tensor', async () => {
  await measureEngine(testEngine, SMALL); // the engine's own constants
  const left = await countTensors(async () => {
    const result = await measureEngine(testEngine, SMALL);
    expect(result.engine).toBe(testEngine);
    expect(result.matMulGflops).toBeGreaterThan(0);
    expect(result.autoencoderStepMs).toBeGreaterThan(0);
  });
  expect(left).toBe(0);
});

it('measures a model that learns', () => {
  const model = autoencoder(1);
  const first = model.step();
  for (let i = 0; i < 8; i++) model.step();
  expect(model.step()).toBeLessThan(0.9 * first);
  model.dispose();
});
