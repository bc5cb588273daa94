import * as tf from '@tensorflow/tfjs';
import { runStock, type KernelCall, type KernelDefinition } from './registry';

/** What we use of tfjs's cpu backend. */
interface CpuBackend {
  makeTensorInfo(
    shape: number[],
    dtype: tf.DataType,
    values: tf.backend_util.TypedArray | string[],
  ): tf.TensorInfo;
  readSync(dataId: object): tf.backend_util.TypedArray;
  disposeData(dataId: object): boolean;
}

/** Runs tfjs's cpu kernel on copies of the arguments. */
function onHost(name: string, { inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const cpu = tf.engine().findBackend('cpu') as unknown as CpuBackend;
  const copies = Object.fromEntries(
    Object.entries(inputs).map(([key, { dataId, shape, dtype }]) => [
      key,
      cpu.makeTensorInfo(shape, dtype, backend.readSync(dataId)),
    ]),
  );
  const result = tf.getKernel(name, 'cpu').kernelFunc({
    inputs: copies,
    backend: cpu,
    attrs: attrs as tf.NamedAttrMap,
  }) as tf.TensorInfo;
  const y = backend.makeOutput(
    result.shape,
    result.dtype,
    undefined,
    cpu.readSync(result.dataId),
  );
  for (const { dataId } of [...Object.values(copies), result]) cpu.disposeData(dataId);
  return y;
}

/** Tensors of strings lie beside the wasm heap, where the stock kernels of these names look. */
export const onStrings: readonly KernelDefinition[] = [
  'Equal',
  'NotEqual',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'Fill',
  'GatherNd',
  'StridedSlice',
  'Tile',
].map((name) => ({
  name,
  run: (call, stock) =>
    call.attrs['dtype'] === 'string' || Object.values(call.inputs).some((x) => x.dtype === 'string')
      ? onHost(name, call)
      : runStock(name, call, stock),
}));
