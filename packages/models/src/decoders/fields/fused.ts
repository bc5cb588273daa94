import * as tf from '@tensorflow/tfjs';

/**
 * Runs one of our own kernels (`@causal/backend`) where the current engine has it; undefined
 * elsewhere, and plain operators do it then. Kernels here have no gradient: call inside a
 * `tf.customGrad` or a gradient function.
 */
export function fused(
  kernel: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, number>> = {},
): tf.Tensor[] | undefined {
  if (!tf.getKernel(kernel, tf.getBackend())) return undefined;
  const made = tf
    .engine()
    .runKernel<tf.Tensor | tf.Tensor[]>(kernel, { ...inputs }, { ...attributes });
  return Array.isArray(made) ? made : [made];
}
