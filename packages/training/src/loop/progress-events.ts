import type { Callback } from '../callback';
import type { Progress } from '../fit-options';

/** Tells `listener` of every log entry, with the time that is left. */
export function progressEvents(listener: (progress: Progress) => void): Callback {
  return {
    name: 'progress-events',
    onLog(entry, run) {
      const secondsLeft = (run.steps - entry.step) / entry.stepsPerSecond;
      listener({ ...entry, steps: run.steps, secondsLeft });
    },
  };
}
