import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { HostTensor } from './safetensors/host-tensor';

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

/** Host tensors on the engine; the caller disposes them. */
export function toDevice(tensors: Readonly<Record<string, HostTensor>>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape, dtype }]) => [
      name,
      tf.tensor(data.slice(), [...shape], dtype),
    ]),
  );
}

/**
 * Puts saved values into variables.
 * @param where Begins the error.
 * @throws Error naming what is missing, left over or of another shape. Nothing is changed then.
 */
export function assignParameters(
  parameters: Readonly<Record<string, tf.Variable>>,
  saved: Readonly<Record<string, HostTensor>>,
  where: string,
): void {
  const problems: string[] = [];
  for (const [name, variable] of Object.entries(parameters)) {
    const value = Object.hasOwn(saved, name) ? saved[name] : undefined;
    if (value === undefined) problems.push(`"${name}" is missing`);
    else if (value.shape.join() !== variable.shape.join() || value.dtype !== variable.dtype) {
      problems.push(
        `"${name}" is ${value.dtype} [${value.shape.join(', ')}], the model's is ` +
          `${variable.dtype} [${variable.shape.join(', ')}]`,
      );
    }
  }
  for (const name of Object.keys(saved)) {
    if (!Object.hasOwn(parameters, name)) problems.push(`"${name}" is unknown to the model`);
  }
  if (problems.length > 0) {
    const shown = problems.slice(0, 5).join('; ');
    const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
    throw new Error(
      `${where} does not fit this model (was it made with other options?): ${shown}${more}.`,
    );
  }
  const values = toDevice(saved);
  for (const [name, variable] of Object.entries(parameters)) variable.assign(values[name]!);
  tf.dispose(values);
}
