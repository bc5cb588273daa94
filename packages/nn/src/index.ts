export { Convolution, type ConvolutionOptions } from './convolution';
export { Dense } from './dense';
export { dropout } from './dropout';
export { LayersPart, layersParameters, seedLayers } from './layers-model';
export { normalization, type Normalization, type NormalizationKind } from './normalization';
export {
  assignParameters,
  constantVariable,
  normalVariable,
  prefixed,
  toDevice,
  uniformVariable,
  type Parameters,
} from './parameters';
export { disposeParts, disposeVariables, type Mode, type Part } from './part';
export {
  checkHostTensor,
  toHost,
  toHostSync,
  type HostDType,
  type HostTensor,
} from './safetensors/host-tensor';
export { readSafetensors, SafetensorsError } from './safetensors/read';
export { writeSafetensors } from './safetensors/write';
export { pixelPlaces } from './pixel-places';
