import { layersOf, type Shape } from './network';

/** ½λ‖θ‖² of the weights, not of the biases; adds its gradient. */
export function addWeightDecay(
  shape: Shape,
  theta: Float64Array,
  lambda: number,
  gradient: Float64Array,
): number {
  let sum = 0;
  for (const { weights, biases } of layersOf(shape)) {
    for (let at = weights; at < biases; at++) {
      const value = theta[at]!;
      sum += value * value;
      gradient[at]! += lambda * value;
    }
  }
  return (lambda / 2) * sum;
}
