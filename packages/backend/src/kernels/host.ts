import type * as tf from '@tensorflow/tfjs';
import { onHost, type Results } from './on-host';
import { runStock, type KernelCall, type KernelDefinition } from './registry';

const ownOnHost = (name: string, { inputs, attrs, backend }: KernelCall): Results =>
  onHost({
    name,
    inputs,
    attrs: attrs as tf.NamedAttrMap,
    read: ({ dataId }) => backend.readSync(dataId),
    make: (shape, dtype, values) => backend.makeOutput(shape, dtype, undefined, values),
  });

/** Preprocessing that stock wasm lacks; nothing for which speed counts. */
const missing: readonly KernelDefinition<Results>[] = [
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'StaticRegexReplace',
].map((name) => ({ name, run: (call) => ownOnHost(name, call) }));

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
      ? ownOnHost(name, call)
      : runStock(name, call, stock),
}));

/**
 * Stock kernels of these names take a truth value for a number of four bytes: they answer wrongly,
 * and some write beyond their result.
 */
const onTruthValues: readonly KernelDefinition<Results>[] = [
  { name: 'Cumprod', input: 'x' },
  { name: 'Cumsum', input: 'x' },
  { name: 'OneHot' },
  { name: 'Reverse', input: 'x' },
  { name: 'Select', input: 't' },
  { name: 'StridedSlice', input: 'x' },
].map(({ name, input }) => ({
  name,
  run: (call, stock) =>
    (input ? call.inputs[input]!.dtype : call.attrs['dtype']) === 'bool'
      ? ownOnHost(name, call)
      : runStock(name, call, stock),
}));

/** Kernels that run on the host, by tfjs's `cpu`: to be installed after those of the same names. */
export const hostKernels = [...missing, ...onStrings, ...onTruthValues];
