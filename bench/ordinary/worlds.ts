import { faces, flow, pendulum, type GeneratedDataset } from '@causal/datasets';

/** What the models are judged on. */
export type World = 'pendulum' | 'flow' | 'faces' | 'beard';

export function worldOf(name: World, size: number): GeneratedDataset {
  switch (name) {
    case 'pendulum':
      return pendulum({ size, seed: 1 });
    case 'flow':
      return flow({ size, seed: 1 });
    case 'faces':
      return faces({ size, seed: 1, train: 6000, test: 2000 });
    case 'beard':
      return faces({ size, seed: 1, train: 6000, test: 2000, concepts: 'beard' });
    default:
      throw new Error(`No world ${String(name)}: pendulum, flow, faces, beard.`);
  }
}
