export { cachedAnnotator, type CachedAnnotatorOptions } from './cached-annotator';
export { parallelMicMatrix, type ParallelMicMatrixOptions } from './parallel-mic-matrix';
export { associationPlot, type AssociationPlotOptions } from './plots/association-plot';
export { svgToPng } from './plots/chart';
export { effectMatrixPlot } from './plots/effect-matrix-plot';
export {
  counterfactualGrid,
  type CounterfactualGridOptions,
  type GridColumn,
  imageGrid,
  type ImageGridOptions,
} from './plots/image-grid';
export { latentTraversal, type LatentTraversalOptions } from './plots/latent-traversal';
