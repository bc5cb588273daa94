export { Dense } from './dense';
export { layersParameters, seedLayers } from './layers-model';
export {
  assignParameters,
  constantVariable,
  normalVariable,
  prefixed,
  toDevice,
  uniformVariable,
  type Parameters,
} from './parameters';
export {
  checkHostTensor,
  toHost,
  toHostSync,
  type HostDType,
  type HostTensor,
} from './safetensors/host-tensor';
export { readSafetensors, SafetensorsError } from './safetensors/read';
export { writeSafetensors } from './safetensors/write';
