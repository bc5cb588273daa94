// What bundlers for browsers get in the place of `@causal/training/node`: the same names, so that a
// bundle builds; calling one says what to do instead.
const needsNode = (name) => () => {
  throw new Error(
    `${name} works with files and a terminal, so it needs Node. In a browser give fit() a RunStore ` +
      'as `out`, and keep the bytes of encodeCheckpoint(), writeSafetensors() or pack() yourself.',
  );
};

export const checkpoints = needsNode('checkpoints');
export const interruptSignal = needsNode('interruptSignal');
export const jsonlLog = needsNode('jsonlLog');
export const loadCheckpoint = needsNode('loadCheckpoint');
export const progressBar = needsNode('progressBar');
export const readModelFolder = needsNode('readModelFolder');
export const runFolder = needsNode('runFolder');
export const saveCheckpoint = needsNode('saveCheckpoint');
export const stageReporter = needsNode('stageReporter');
export const tensorBoard = needsNode('tensorBoard');
export const writeFileAtomic = needsNode('writeFileAtomic');
export const writeModelFolder = needsNode('writeModelFolder');
