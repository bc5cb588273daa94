// Models small enough to compute again by hand.
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { CausalWAE, type CausalWAEOptions } from '../causal-wae';

export const small = {
  width: 2,
  depth: 1,
  features: 6,
  decoderWidth: 4,
  mechanismSteps: 2,
} as const;
export const plain = { width: 2, depth: 1, features: 6, decoderWidth: 4, latentSize: 3 } as const;
export const ROWS = [0, 1, 2, 3, 4, 5, 6, 7];
export const context = { rng: createRng(5), step: 0, steps: 9, training: true };
export interface Fitted {
  prepare(given: never, hooks: never): Promise<void>;
  loss(
    batch: never,
    given: typeof context,
  ): { total: tf.Scalar; terms: Record<string, tf.Scalar>; carried?: Record<string, tf.Tensor> };
  parameters(): Record<string, tf.Variable>;
  buffers(): Readonly<Record<string, tf.Variable>>;
  onWarning: (message: string) => void;
}

/** A model whose every parameter has been moved off its start, so that no term is at a special place. */
export async function started<M extends Fitted>(model: M, source: object): Promise<M> {
  model.onWarning = () => {};
  await model.prepare(source as never, { rng: createRng(1) } as never);
  Object.entries(model.parameters()).forEach(([name, variable]) => {
    if (name === 'adjacency') return;
    const noise = createRng(name).fillNormal(new Float32Array(variable.size), 0, 0.15);
    tf.tidy(() => variable.assign(variable.add(tf.tensor(noise, variable.shape))));
  });
  return model;
}

type CausalWAEData = ConstructorParameters<typeof CausalWAE>[0]['data'];
/** A CausalWAE on three concepts whose A has weights of its own. */
export const causal = (data: CausalWAEData, options: CausalWAEOptions = {}): CausalWAE =>
  new CausalWAE({
    data,
    graph: [
      [0, 0.7, -0.6],
      [0, 0, 0.9],
      [0, 0, 0],
    ],
    decoder: 'joint',
    latentSize: 2,
    freeLatents: 1,
    gain: 3,
    ...small,
    ...options,
  });
