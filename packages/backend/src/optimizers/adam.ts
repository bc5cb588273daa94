import type { Optimizer, OptimizerOptions } from './optimizer';
import { checkKeys, checkNonNegative, optimizerFrom } from './run-rule';

export interface AdamOptions extends OptimizerOptions {
  /** Decay of the running mean of gradients. Default .9. */
  readonly beta1?: number;
  /** Decay of the running mean of their squares. Default .999. */
  readonly beta2?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam (Kingma & Ba 2015), with `weightDecay` as AdamW (Loshchilov & Hutter 2019) and clipping by
 * global norm. One fused pass over each parameter on engines of the wasm heap.
 *
 * p ← (1 − lr·decay)·p − lr·m̂ / (√v̂ + ε), m̂ and v̂ corrected for their start at 0.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkKeys('adam', options, [
    'learningRate',
    'weightDecay',
    'clipNorm',
    'beta1',
    'beta2',
    'epsilon',
  ]);
  checkNonNegative('adam', { ...options, beta1, beta2, epsilon });
  if (beta1 >= 1 || beta2 >= 1) {
    throw new RangeError(`adam({ beta1, beta2 }): both must be below 1, got ${beta1}, ${beta2}.`);
  }
  const corrections = (step: number): [number, number] => [
    1 / (1 - beta1 ** step),
    1 / Math.sqrt(1 - beta2 ** step),
  ];
  return optimizerFrom(
    {
      name: 'adam',
      slots: ['m', 'v'],
      plain({ value, gradient, slots, learningRate, keep, step }) {
        const [first, root] = corrections(step);
        const m = slots[0]!.mul(beta1).add(gradient.mul(1 - beta1));
        const v = slots[1]!.mul(beta2).add(gradient.square().mul(1 - beta2));
        const move = m.mul(learningRate * first).div(v.sqrt().mul(root).add(epsilon));
        return { value: value.mul(keep).sub(move), slots: [m, v] };
      },
      fused(hot, { value, gradient, slots, out, size, gradientScale, ...rest }) {
        const [first, root] = corrections(rest.step);
        hot.adamStep(
          value,
          gradient,
          slots[0]!,
          slots[1]!,
          out,
          size,
          gradientScale,
          beta1,
          beta2,
          rest.learningRate * first,
          root,
          epsilon,
          rest.keep,
        );
      },
    },
    options,
  );
}
