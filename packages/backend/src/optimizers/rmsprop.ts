import { checkNumber } from '@causal/options';
import type { Optimizer, OptimizerOptions } from './optimizer';
import { checkOptions, optimizerFrom } from './run-rule';

export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the running mean square. Default .99. */
  readonly decay?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  readonly epsilon?: number;
}

/** RMSProp (Hinton 2012): s ← decay·s + (1 − decay)·g², p ← p − lr·g / (√s + ε). */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { decay = 0.99, epsilon = 1e-8 } = options ?? {};
  checkOptions('rmsprop', options, ['decay', 'epsilon']);
  checkNumber(decay, 'decay', 'rmsprop', { least: 0, below: 1 });
  checkNumber(epsilon, 'epsilon', 'rmsprop', { least: 0 });
  return optimizerFrom(
    {
      name: 'rmsprop',
      slots: ['square'],
      plain({ value, gradient, slots, learningRate, keep }) {
        const square = slots[0]!.mul(decay).add(gradient.square().mul(1 - decay));
        const move = gradient.mul(learningRate).div(square.sqrt().add(epsilon));
        return { value: value.mul(keep).sub(move), slots: [square] };
      },
      fused(hot, { value, gradient, slots, out, size, gradientScale, learningRate, keep }) {
        hot.rmspropStep(
          value,
          gradient,
          slots[0]!,
          out,
          size,
          gradientScale,
          decay,
          learningRate,
          epsilon,
          keep,
        );
      },
    },
    options,
  );
}
