import * as tf from '@tensorflow/tfjs';
import { toHost, type HostTensor } from '@causal/nn';

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
