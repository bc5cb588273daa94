export type {
  Batch,
  BatchesOptions,
  Concept,
  Dataset,
  GeneratedDataset,
  LabelKind,
  Matrix,
  Split,
} from './dataset';
export { pendulum, type PendulumOptions } from './pendulum/pendulum';
export type { Framing } from './raster/figure';
export type { SplitSizes } from './splits';
