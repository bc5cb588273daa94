import { checkFlag, checkNumber } from '@causal/options';
import type { Optimizer, OptimizerOptions } from './optimizer';
import { checkOptions, optimizerFrom } from './run-rule';

export interface SgdOptions extends OptimizerOptions {
  /** Share of the last velocity that is kept. Default 0 (plain gradient descent). */
  readonly momentum?: number;
  /** Looks ahead along the velocity (Nesterov). Default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent with momentum (Sutskever et al. 2013): v ← momentum·v + g,
 * p ← (1 − lr·decay)·p − lr·v, or lr·(g + momentum·v) with `nesterov`.
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0, nesterov = false } = options ?? {};
  checkOptions('sgd', options, ['momentum', 'nesterov']);
  checkNumber(momentum, 'momentum', 'sgd', { least: 0 });
  checkFlag(nesterov, 'nesterov', 'sgd');
  return optimizerFrom(
    {
      name: 'sgd',
      slots: momentum === 0 ? [] : ['velocity'],
      plain({ value, gradient, slots, learningRate, keep }) {
        const velocity = slots[0]?.mul(momentum).add(gradient);
        const move = !velocity
          ? gradient
          : nesterov
            ? gradient.add(velocity.mul(momentum))
            : velocity;
        return {
          value: value.mul(keep).sub(move.mul(learningRate)),
          slots: velocity ? [velocity] : [],
        };
      },
      fused(hot, { value, gradient, slots, out, size, gradientScale, learningRate, keep }) {
        hot.sgdStep(
          value,
          gradient,
          slots[0] ?? 0,
          out,
          size,
          gradientScale,
          momentum,
          nesterov ? 1 : 0,
          learningRate,
          keep,
        );
      },
    },
    options,
  );
}
