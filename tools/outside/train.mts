// The same in strict TypeScript: the types that a user leans on.
import { setupEngine, type EngineInfo } from '@causal/backend';
import { pendulum, type Dataset } from '@causal/datasets';
import { CausalWAE } from '@causal/wae';
import type { Tensor4D } from '@tensorflow/tfjs';

const engine: EngineInfo = await setupEngine();
const data = pendulum({ size: 32, seed: 1 });
const contract: Dataset = data;
const model = new CausalWAE({ data: contract });
const run = await model.fit(data, { steps: 10, batchSize: 16, seed: 1 });
const { images } = data.batch('test', [0, 1, 2, 3]);
const darker: Tensor4D = model.counterfactual(images, { light: 0.9 });
const steps: number = run.steps;
const graph: number[][] = model.adjacency();

let said = '';
try {
  // @ts-expect-error an option that does not exist
  new CausalWAE({ data, variants: 'residual' });
} catch (error) {
  said = (error as Error).message;
}
if (!said.includes('did you mean `variant`?')) throw new Error(`a wrong option said: ${said}`);

console.log(engine.name, steps, darker.shape, graph.length);
