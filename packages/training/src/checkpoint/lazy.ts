import type * as NodePart from '../node/index';

// The file-system part is loaded when it is used, so that importing this package never needs Node.

/** Writes a checkpoint file (Node); see `saveCheckpoint` of `@causal/training/node`. */
export async function saveCheckpoint(
  ...parameters: Parameters<typeof NodePart.saveCheckpoint>
): Promise<void> {
  return (await import('../node/index')).saveCheckpoint(...parameters);
}

/** Reads a checkpoint file or folder (Node); see `loadCheckpoint` of `@causal/training/node`. */
export async function loadCheckpoint(
  ...parameters: Parameters<typeof NodePart.loadCheckpoint>
): ReturnType<typeof NodePart.loadCheckpoint> {
  return (await import('../node/index')).loadCheckpoint(...parameters);
}
