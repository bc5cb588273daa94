import type * as tf from '@tensorflow/tfjs';

export type HostDType = 'float32' | 'int32' | 'bool';

/** A tensor's values outside any engine: what a safetensors file holds. */
export interface HostTensor {
  readonly dtype: HostDType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

const ARRAY_OF = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, side) => n * side, 1);

/** @throws Error naming the tensor, where type, shape and values do not fit together. */
export function checkHostTensor(name: string, tensor: HostTensor): void {
  const wanted = ARRAY_OF[tensor.dtype];
  if (wanted === undefined) {
    throw new TypeError(
      `Tensor "${name}": dtype must be float32, int32 or bool, got ${String(tensor.dtype)}.`,
    );
  }
  if (!(tensor.data instanceof wanted)) {
    throw new TypeError(
      `Tensor "${name}": ${tensor.dtype} values must be a ${wanted.name}, got ` +
        `${Object.prototype.toString.call(tensor.data).slice(8, -1)}.`,
    );
  }
  if (!tensor.shape.every((side) => Number.isSafeInteger(side) && side >= 0)) {
    throw new TypeError(
      `Tensor "${name}": shape must be whole numbers ≥ 0, got [${tensor.shape.join(', ')}].`,
    );
  }
  if (tensor.data.length !== sizeOf(tensor.shape)) {
    throw new RangeError(
      `Tensor "${name}": shape [${tensor.shape.join(', ')}] asks for ${sizeOf(tensor.shape)} ` +
        `values, got ${tensor.data.length}.`,
    );
  }
}

function hostDType(name: string, tensor: tf.Tensor): HostDType {
  const { dtype } = tensor;
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TypeError(`Tensor "${name}": dtype must be float32, int32 or bool, got ${dtype}.`);
}

/** Copies a tensor's values to the host. The tensor stays. */
export async function toHost(name: string, tensor: tf.Tensor): Promise<HostTensor> {
  const dtype = hostDType(name, tensor);
  const values = await tensor.data();
  return { dtype, shape: tensor.shape.slice(), data: ARRAY_OF[dtype].from(values) };
}

/** As {@link toHost}, at once: for engines that can read without waiting (all but WebGPU). */
export function toHostSync(name: string, tensor: tf.Tensor): HostTensor {
  const dtype = hostDType(name, tensor);
  return { dtype, shape: tensor.shape.slice(), data: ARRAY_OF[dtype].from(tensor.dataSync()) };
}
