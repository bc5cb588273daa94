import type { Callback, LogEntry } from '../callback';
import { assignParameters, type HostTensor } from '@causal/nn';
import { checkKeys, checkNumber, nearestName, show } from '@causal/options';
import { readTensors } from '../loop/parameters';

export interface EarlyStoppingOptions {
  /** Term to watch, such as `'total'`; lower is better. Default `'validation.total'`. */
  readonly monitor?: string;
  /** Log entries without improvement, ≥ 1, after which the run is stopped. Default 5. */
  readonly patience?: number;
  /** A value counts as better if it is lower than the best by more than this, ≥ 0. Default 0. */
  readonly minDelta?: number;
  /** Put the best parameters back when the run is over. Default true. */
  readonly restoreBest?: boolean;
}

/** Ends a run whose monitored loss no longer falls, and goes back to its best parameters. */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  checkKeys(options, ['monitor', 'patience', 'minDelta', 'restoreBest'], 'earlyStopping');
  const { monitor = 'validation.total', patience = 5, minDelta = 0, restoreBest = true } = options;
  checkNumber(patience, 'patience', 'earlyStopping', { least: 1, integer: true });
  checkNumber(minDelta, 'minDelta', 'earlyStopping', { least: 0 });
  if (typeof monitor !== 'string') {
    throw new TypeError(`earlyStopping: \`monitor\` must be a term's name, got ${show(monitor)}.`);
  }
  let best = { step: 0, value: Infinity };
  let waited = 0;
  let reason: string | undefined;
  let weights: Readonly<Record<string, HostTensor>> = {};

  return {
    name: 'early-stopping',
    onStart(run) {
      if (reason !== undefined) run.stop(reason);
    },
    async onLog(entry, run) {
      const value = monitored(entry, monitor);
      if (value === undefined) return;
      if (value < best.value - minDelta) {
        best = { step: entry.step, value };
        waited = 0;
        if (restoreBest) weights = await readTensors('', run.parameters);
        return;
      }
      waited++;
      if (waited < patience) return;
      reason = `${monitor} has not fallen below ${best.value} (step ${best.step}) for ${waited} entries`;
      run.stop(reason);
    },
    onEnd(outcome, run) {
      const over = outcome === 'done' || outcome === 'stopped';
      if (over && restoreBest && best.step > 0) {
        assignParameters(run.parameters, weights, 'earlyStopping: the best state');
      }
    },
    state: () => ({ best: best.step > 0 ? best : null, waited, reason: reason ?? null }),
    tensors: () => weights,
    restore(state, tensors) {
      const saved = state as { best: typeof best | null; waited: number; reason: string | null };
      if (saved.best !== null) best = saved.best;
      waited = saved.waited;
      reason = saved.reason ?? undefined;
      weights = tensors;
    },
  };
}

/** The value of a term; undefined where this entry has no validation. */
function monitored(entry: LogEntry, monitor: string): number | undefined {
  const validation = monitor.startsWith('validation.');
  const name = validation ? monitor.slice('validation.'.length) : monitor;
  const terms = validation ? entry.validation : entry.terms;
  if (terms === undefined) return undefined;
  const value = terms[name];
  if (value === undefined) {
    const near = nearestName(name, Object.keys(terms));
    throw new Error(
      `earlyStopping: there is no term "${name}"${near ? `; did you mean "${near}"?` : '.'} ` +
        `Terms: ${Object.keys(terms).join(', ')}.`,
    );
  }
  return value;
}
