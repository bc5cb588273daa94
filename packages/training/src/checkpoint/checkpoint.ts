import type { HostTensor } from '@causal/nn';

/** Tensors by name and a JSON state: all that has to be kept of a run, or of a model. */
export interface Checkpoint {
  readonly tensors: Readonly<Record<string, HostTensor>>;
  readonly state: unknown;
}
