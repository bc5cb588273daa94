import type { Optimizer, OptimizerOptions } from './optimizer';
import { checkKeys, checkNonNegative, optimizerFrom } from './run-rule';

export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the running mean square. Default .99. */
  readonly decay?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  readonly epsilon?: number;
}

/** RMSProp (Hinton 2012): s ← decay·s + (1 − decay)·g², p ← p − lr·g / (√s + ε). */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { decay = 0.99, epsilon = 1e-8 } = options;
  checkKeys('rmsprop', options, ['learningRate', 'weightDecay', 'clipNorm', 'decay', 'epsilon']);
  checkNonNegative('rmsprop', { ...options, decay, epsilon });
  if (decay >= 1) throw new RangeError(`rmsprop({ decay }): must be below 1, got ${decay}.`);
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
