export { loadCheckpoint, saveCheckpoint } from './checkpoint-files';
export { checkpoints, type CheckpointsOptions } from './checkpoints';
export { interruptSignal } from './interrupt';
export { jsonlLog } from './jsonl';
export { readModelFolder, writeModelFolder, type PackedModel } from './model-folder';
export { progressBar, type ProgressBarOptions } from './progress-bar';
export { runFolder } from './run-folder';
export { tensorBoard, type TensorBoardOptions } from './tensorboard';
export { writeFileAtomic } from './write-atomic';
