import * as tf from '@tensorflow/tfjs';
import { toHost, type HostTensor } from '../safetensors/host-tensor';

type Tensors = Readonly<Record<string, HostTensor>>;

/** Copies every tensor to the host under `prefix` + its name. */
export async function readTensors(
  prefix: string,
  tensors: Readonly<Record<string, tf.Tensor | HostTensor>>,
): Promise<Record<string, HostTensor>> {
  const read: [string, HostTensor][] = [];
  for (const [name, tensor] of Object.entries(tensors)) {
    read.push([prefix + name, tensor instanceof tf.Tensor ? await toHost(name, tensor) : tensor]);
  }
  return Object.fromEntries(read);
}

/** The tensors whose name begins with `prefix`, without it. */
export function tensorsUnder(prefix: string, tensors: Tensors): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

/** Host tensors on the engine; the caller disposes them. */
export function toDevice(tensors: Tensors): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape, dtype }]) => [
      name,
      tf.tensor(data.slice(), [...shape], dtype),
    ]),
  );
}

/** @throws Error naming the first parameter that holds NaN or an infinity. */
export function checkFinite(prefix: string, tensors: Tensors, step: number): void {
  for (const [name, { data }] of Object.entries(tensors)) {
    if (!name.startsWith(prefix)) continue;
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      throw new Error(
        `Parameter "${name.slice(prefix.length)}" holds ${data[at]} after step ${step}, though no loss ` +
          'was read that is not finite: a gradient was. Try clipNorm or a lower learningRate; look for ' +
          'a root, a norm or a division at 0.',
      );
    }
  }
}

/**
 * Puts saved values into variables.
 * @param where Begins the error.
 * @throws Error naming what is missing, left over or of another shape. Nothing is changed then.
 */
export function assignParameters(
  parameters: Readonly<Record<string, tf.Variable>>,
  saved: Tensors,
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
