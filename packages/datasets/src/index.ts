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
