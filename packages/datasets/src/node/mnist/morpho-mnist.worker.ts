/**
 * A process beside the one that asked for the pictures: makes parts, the last first, until all are
 * taken, the folder is gone, or its parent is.
 */
import { Parts } from './parts';
import { makePlan, type PlanOptions } from './plan';

const { folder, options } = JSON.parse(process.argv[2]!) as HelperWork;
const parent = process.ppid;
const parts = new Parts(folder, makePlan(options));
for (let part = parts.count - 1; part >= 0 && process.ppid === parent; part--) {
  if (parts.claim(part)) parts.make(part);
}

/** What a helper is told. */
export interface HelperWork {
  readonly folder: string;
  readonly options: PlanOptions;
}
