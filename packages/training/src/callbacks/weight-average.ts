import * as tf from '@tensorflow/tfjs';
import type { Callback } from '../callback';
import { assignParameters, toDevice } from '@causal/nn';
import { checkKeys, checkNumber } from '@causal/options';
import { readTensors } from '../loop/parameters';

export interface WeightAverageOptions {
  /** Part of the average that stays at each step, in [0, 1). Default 0.999. */
  readonly decay?: number;
}

/**
 * Exponential moving average of the trained parameters (Polyak & Juditsky 1992), put in their place
 * when the run is over. Early on the decay is min(decay, (1 + t)/(10 + t)), so that the start is
 * forgotten soon. Validation during the run, and checkpoints before its end, have the parameters
 * themselves.
 */
export function weightAverage(options: WeightAverageOptions = {}): Callback {
  checkKeys(options, ['decay'], 'weightAverage');
  const { decay = 0.999 } = options;
  checkNumber(decay, 'decay', 'weightAverage', { least: 0, below: 1 });
  let average: Record<string, tf.Tensor> = {};
  let steps = 0;

  return {
    name: 'weight-average',
    onStart(run) {
      if (steps > 0) return;
      for (const [name, variable] of Object.entries(run.parameters)) {
        if (variable.trainable) average[name] = tf.keep(variable.clone());
      }
    },
    onStep(run) {
      steps++;
      const stays = Math.min(decay, (1 + steps) / (10 + steps));
      for (const [name, before] of Object.entries(average)) {
        const next = tf.tidy(() => before.mul(stays).add(run.parameters[name]!.mul(1 - stays)));
        before.dispose();
        average[name] = tf.keep(next);
      }
    },
    async onEnd(outcome, run) {
      if (steps > 0 && (outcome === 'done' || outcome === 'stopped')) {
        const averaged = Object.fromEntries(
          Object.keys(average).map((name) => [name, run.parameters[name]!]),
        );
        assignParameters(averaged, await readTensors('', average), 'weightAverage');
      }
      tf.dispose(average);
      average = {};
    },
    state: () => ({ steps }),
    tensors: () => average,
    restore(state, tensors) {
      steps = (state as { steps: number }).steps;
      average = toDevice(tensors);
    },
  };
}
