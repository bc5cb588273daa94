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

type Results = tf.TensorInfo | tf.TensorInfo[];

/** Runs tfjs's cpu kernel on copies of the arguments. */
function onHost(name: string, { inputs, attrs, backend }: KernelCall): Results {
  const cpu = tf.engine().findBackend('cpu') as unknown as CpuBackend;
  const copies: tf.TensorInfo[] = [];
  const copy = ({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo => {
    const made = cpu.makeTensorInfo(shape, dtype, backend.readSync(dataId));
    copies.push(made);
    return made;
  };
  const back = ({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo =>
    backend.makeOutput(shape, dtype, undefined, cpu.readSync(dataId));
  try {
    const results = tf.getKernel(name, 'cpu').kernelFunc({
      // Some inputs are lists.
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([key, x]) => [key, Array.isArray(x) ? x.map(copy) : copy(x)]),
      ) as tf.NamedTensorInfoMap,
      backend: cpu,
      attrs: attrs as tf.NamedAttrMap,
    });
    copies.push(...[results].flat());
    return Array.isArray(results) ? results.map(back) : back(results);
  } finally {
    for (const { dataId } of copies) cpu.disposeData(dataId);
  }
}

/** Preprocessing that stock wasm lacks; nothing for which speed counts. */
const missing: readonly KernelDefinition<Results>[] = [
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'StaticRegexReplace',
].map((name) => ({ name, run: (call) => onHost(name, call) }));

/** Tensors of strings lie beside the wasm heap, where the stock kernels of these names look. */
const onStrings: readonly KernelDefinition<Results>[] = [
  'Equal',
  'NotEqual',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'Fill',
  'GatherNd',
  'SparseToDense',
  'StridedSlice',
  'Tile',
].map((name) => ({
  name,
  run: (call, stock) =>
    call.attrs['dtype'] === 'string' || Object.values(call.inputs).some((x) => x.dtype === 'string')
      ? onHost(name, call)
      : runStock(name, call, stock),
}));

/** Kernels that run on the host, by tfjs's `cpu`: to be installed after those of the same names. */
export const hostKernels = [...missing, ...onStrings];
