import * as tf from '@tensorflow/tfjs';
import type { Rng } from '@causal/random';
import type { Parameters } from './parameters';

/** How a network is being run. */
export interface Mode {
  /** Dropout is drawn and batch statistics are taken only in training. */
  readonly training: boolean;
  /** Draws the dropout; needed in training where there is any. */
  readonly rng?: Rng;
}

/** A piece of a network that owns variables. */
export interface Part {
  /** Variables that gradients train. */
  parameters(): Parameters;
  /** Variables that no gradient trains but that belong to the weights: running statistics. */
  buffers?(): Parameters;
  dispose(): void;
}

/** Frees the variables of parts; they cannot be used afterwards. */
export function disposeParts(parts: Iterable<Part>): void {
  for (const part of parts) part.dispose();
}

/** Frees a part's own variables. */
export function disposeVariables(...groups: readonly Parameters[]): void {
  for (const group of groups) tf.dispose(Object.values(group));
}
