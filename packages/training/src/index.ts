export { nearestName } from './options/nearest';
export { OptionsError, parseOptions } from './options/parse-options';
export type { HostDType, HostTensor } from './safetensors/host-tensor';
export { readSafetensors, SafetensorsError } from './safetensors/read';
export { writeSafetensors } from './safetensors/write';
export type { Loss, LossContext, Player, Trainable } from './trainable';
