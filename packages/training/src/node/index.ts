export { loadCheckpoint, saveCheckpoint } from './checkpoint-files';
export { checkpoints, type CheckpointsOptions } from './checkpoints';
export { interruptSignal } from './interrupt';
export { jsonlLog } from './jsonl';
export { progressBar, type ProgressBarOptions } from './progress-bar';
export { runFolder } from './run-folder';
export { writeFileAtomic } from './write-atomic';
