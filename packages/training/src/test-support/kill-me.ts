// Trains the toy model in a folder, saying each step: run in a child process that gets killed.
import { setupEngine, type EngineName } from '@causal/backend';
import { fit } from '../fit';
import { toyData, toyModel } from './toy';

export const killedRun = {
  steps: 150,
  batchSize: 16,
  learningRate: 0.02,
  schedule: 'one-cycle',
  seed: 5,
  logEvery: 4,
  validateEvery: 10,
  checkpointEvery: 3,
} as const;

export async function trainIn(out: string, pace: number): Promise<void> {
  await setupEngine({ engine: (process.env['CAUSAL_ENGINE'] ?? 'wasm') as EngineName });
  const say = {
    name: 'say',
    async onStep({ step }: { step: number }) {
      process.stdout.write(`${step}\n`);
      await new Promise((resolve) => setTimeout(resolve, pace));
    },
  };
  await fit(toyModel({ adversary: true }), toyData(), {
    ...killedRun,
    out,
    resume: true,
    callbacks: [say],
  });
}
