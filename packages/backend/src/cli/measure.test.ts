import { countTensors, testEngine } from '../test-support/engine';
import { measureEngine } from './measure';

it('measures the engine under test and leaves no tensor', async () => {
  await measureEngine(testEngine); // the engine's own constants
  const left = await countTensors(async () => {
    const result = await measureEngine(testEngine);
    expect(result.engine).toBe(testEngine);
    expect(result.matMulGflops).toBeGreaterThan(0);
    expect(result.convolutionStepMs).toBeGreaterThan(0);
  });
  expect(left).toBe(0);
});
