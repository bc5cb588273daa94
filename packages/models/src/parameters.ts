import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

/** Named variables of a network; the names are those of the saved weights. */
export type Parameters = Readonly<Record<string, tf.Variable>>;

/** A variable drawn from U(−limit, limit). */
export function uniformVariable(rng: Rng, shape: number[], limit: number): tf.Variable {
  const size = tf.util.sizeFromShape(shape);
  return fromValues(rng.fillUniform(new Float32Array(size), -limit, limit), shape);
}

/** A variable drawn from N(0, std²). */
export function normalVariable(rng: Rng, shape: number[], std: number): tf.Variable {
  const size = tf.util.sizeFromShape(shape);
  return fromValues(rng.fillNormal(new Float32Array(size), 0, std), shape);
}

/** A variable filled with one number. */
export function constantVariable(shape: number[], value = 0): tf.Variable {
  return fromValues(new Float32Array(tf.util.sizeFromShape(shape)).fill(value), shape);
}

function fromValues(values: Float32Array, shape: number[]): tf.Variable {
  const start = tf.tensor(values, shape);
  const variable = tf.variable(start);
  start.dispose();
  return variable;
}

/** The parameters of a part, under `prefix/`. */
export function prefixed(prefix: string, parameters: Parameters): Record<string, tf.Variable> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, variable]) => [`${prefix}/${name}`, variable]),
  );
}

/**
 * Copies saved tensors into the variables of the same name.
 * @throws if a name is missing, left over, or has another shape.
 */
export function assignParameters(
  parameters: Parameters,
  saved: Readonly<Record<string, tf.Tensor>>,
): void {
  for (const [name, variable] of Object.entries(parameters)) {
    const value = saved[name];
    if (!value) throw new Error(`The saved weights have no tensor "${name}".`);
    if (value.shape.join() !== variable.shape.join()) {
      throw new Error(
        `Saved tensor "${name}" has shape [${value.shape}], the model expects [${variable.shape}].`,
      );
    }
    variable.assign(value as tf.Tensor<tf.Rank>);
  }
  const extra = Object.keys(saved).filter((name) => !(name in parameters));
  if (extra.length > 0) {
    throw new Error(
      `The saved weights hold tensors this model does not have: ${extra.join(', ')}.`,
    );
  }
}
