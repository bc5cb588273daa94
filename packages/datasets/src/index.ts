export type {
  Batch,
  BatchesOptions,
  Concept,
  Dataset,
  GeneratedDataset,
  GraphStatus,
  LabelKind,
  LookOf,
  Matrix,
  Split,
} from './dataset';
export { graphStatusOf } from './dataset';
export { faces, type FacesOptions } from './faces/faces';
export { flow, type FlowOptions } from './flow/flow';
export type { GeneratedOptions, ToldOptions } from './generated-options';
export type { GridOptions } from './grid-options';
export type { GraphOptions } from './known-graph';
export { type DataLook, lookAtData, type LookAtDataOptions } from './look-at-data/look-at-data';
export { type DigitMeasures, measureDigit } from './morpho-mnist/measure';
export { setIntensity, setSlant, setThickness } from './morpho-mnist/setters';
export { pendulum, type PendulumOptions } from './pendulum/pendulum';
export { contactSheet, type ContactSheetOptions } from './picture/contact-sheet';
export type { Framing } from './raster/figure';
export { type LabelScaling, labelScaling, scaleLabels, unscaleLabels } from './scaling';
export type { SplitSizes } from './splits';
