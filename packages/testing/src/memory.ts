import * as tf from '@tensorflow/tfjs';

/** How many tensors `body` leaves behind (0 means it cleans up after itself). */
export async function countTensors(body: () => unknown): Promise<number> {
  const before = tf.memory().numTensors;
  await body();
  return tf.memory().numTensors - before;
}
