import * as tf from '@tensorflow/tfjs';

type Values = tf.backend_util.TypedArray;

/** A kernel's result, or results. */
export type Results = tf.TensorInfo | tf.TensorInfo[];

/** A call of a kernel on some engine, and how that engine's tensors are read and made. */
interface HostCall {
  readonly name: string;
  readonly inputs: Readonly<Record<string, tf.TensorInfo | tf.TensorInfo[]>>;
  readonly attrs: tf.NamedAttrMap | undefined;
  read(tensor: tf.TensorInfo): Values;
  make(shape: number[], dtype: tf.DataType, values: Values): tf.TensorInfo;
}

/** What we use of tfjs's cpu backend. */
interface CpuBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Values): tf.TensorInfo;
  readSync(dataId: object): Values;
  disposeData(dataId: object): boolean;
}

/** Runs tfjs's cpu kernel on copies of the arguments. */
export function onHost({ name, inputs, attrs, read, make }: HostCall): Results {
  const cpu = tf.engine().findBackend('cpu') as unknown as CpuBackend;
  const copies: tf.TensorInfo[] = [];
  const copy = (tensor: tf.TensorInfo): tf.TensorInfo => {
    const made = cpu.makeTensorInfo(tensor.shape, tensor.dtype, read(tensor));
    copies.push(made);
    return made;
  };
  const back = ({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo =>
    make(shape, dtype, cpu.readSync(dataId));
  try {
    const results = tf.getKernel(name, 'cpu').kernelFunc({
      // Some inputs are lists, some are left out.
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([key, x]) => [
          key,
          Array.isArray(x) ? x.map(copy) : x && copy(x),
        ]),
      ) as tf.NamedTensorInfoMap,
      backend: cpu,
      attrs: attrs ?? {},
    });
    copies.push(...[results].flat());
    return Array.isArray(results) ? results.map(back) : back(results);
  } finally {
    for (const { dataId } of copies) cpu.disposeData(dataId);
  }
}
