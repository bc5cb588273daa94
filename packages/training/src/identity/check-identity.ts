import type { Schedule } from '../schedules';
import { differences } from './differences';
import { jsonOf } from './json-of';
import { factorsOf, type RunIdentity } from './run-identity';

/**
 * Whether a run may be gone on with: everything that decides its end must be as it was, but for a
 * larger number of steps where the schedule, as far as it was followed, does not depend on it.
 *
 * @param done Steps done.
 * @returns A warning where the run is made longer.
 * @throws Error naming each difference, what it was and what it is now.
 */
export function checkIdentity(
  before: RunIdentity,
  now: RunIdentity,
  { done, schedule, place }: { done: number; schedule: Schedule; place: string },
): string[] {
  const length = Number(before['steps']);
  const longer = Number(now['steps']) > length && followedAlike(schedule, before, now, done);
  const compared = longer
    ? { ...now, steps: length, factors: jsonOf(factorsOf(schedule, length)) }
    : now;
  const found = differences(before, compared).filter(
    // The nine numbers say no more than the steps or the schedule's name, where one of them differs.
    (text, _, all) =>
      !text.startsWith('factors ') || !all.some((other) => /^(steps|schedule) /.test(other)),
  );
  if (found.length === 0) {
    if (!longer) return [];
    return [
      `The run in ${place} was to end after ${length} steps and now goes on to ${String(now['steps'])}.`,
    ];
  }
  const sentences = found.map((text) => explained(text, before, now));
  throw new Error(
    `Cannot resume ${place}: ` +
      (sentences.length === 1
        ? `${sentences[0]}. `
        : `it is another run.\n${sentences.map((text) => `  - ${text}`).join('\n')}\n`) +
      'Resume with the same, or start anew with overwrite: true or another `out`.',
  );
}

/** Whether the steps done had the same rates in a run of the new length. */
function followedAlike(
  schedule: Schedule,
  before: RunIdentity,
  now: RunIdentity,
  done: number,
): boolean {
  const rate = (step: number, run: RunIdentity): number => schedule(step, Number(run['steps']));
  for (let step = 0; step < done; step++) {
    if (rate(step, before) !== rate(step, now)) return false;
  }
  return true;
}

/** One difference as a sentence. */
function explained(text: string, before: RunIdentity, now: RunIdentity): string {
  if (text.startsWith('factors ')) return 'its schedule is another function, with other rates';
  if (text.startsWith('adversary ')) return 'only one of checkpoint and model has an adversary';
  if (text.startsWith('data.labels ')) {
    return 'its data had other training labels (other rows, another order, or other values)';
  }
  if (text.startsWith('steps ') && Number(now['steps']) > Number(before['steps'])) {
    return `its ${text} (only a schedule that does not depend on the length, such as 'constant', lets a run go on for longer)`;
  }
  return `its ${text}`;
}
