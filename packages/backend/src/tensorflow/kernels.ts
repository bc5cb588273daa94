import * as tf from '@tensorflow/tfjs';
import { installGradientKernels } from './gradient-kernels';
import { onHost, type Results } from '../kernels/on-host';

const TENSORFLOW = 'tensorflow';

/** What we use of tfjs-node's backend. */
interface NodeBackend {
  readSync(dataId: object): tf.backend_util.TypedArray;
  write(values: tf.backend_util.TypedArray, shape: number[], dtype: tf.DataType): object;
}

type Inputs = Readonly<Record<string, tf.TensorInfo>>;

const isInteger = ({ x }: Inputs): boolean => x!.dtype !== 'float32';

/** Where tfjs-node gives an answer that differs from tfjs's, and no error. */
const WRONG: Readonly<Record<string, (inputs: Inputs) => boolean>> = {
  /** Rounds whole numbers to 0. */
  Round: isInteger,
  /** Every NaN is a value of its own. */
  Unique: ({ x }) => x!.dtype === 'float32',
  /** Another draw at each call, whatever the seed. */
  Multinomial: () => true,
  /** Takes a vector of indices for one index of a tensor of as many dimensions. */
  ScatterNd: ({ indices }) => indices!.shape.length === 1,
};

/**
 * An attribute or a data type that TensorFlow refuses, or a shape that oneDNN does (it aborts the
 * operation); not memory that ran out, not a crash.
 */
function isRefusal(error: unknown): boolean {
  const [, status] = /Invalid TF_Status: (\d+)/.exec(String(error)) ?? [];
  const [INVALID_ARGUMENT, ABORTED, UNIMPLEMENTED] = ['3', '10', '12'];
  return status === undefined || [INVALID_ARGUMENT, ABORTED, UNIMPLEMENTED].includes(status);
}

function runOnHost(
  name: string,
  { inputs, attrs, backend }: Parameters<tf.KernelFunc>[0],
): Results {
  const node = backend as NodeBackend;
  return onHost({
    name,
    inputs: inputs as Inputs,
    attrs,
    read: ({ dataId }) => node.readSync(dataId),
    make: (shape, dtype, values) => ({ dataId: node.write(values, shape, dtype), shape, dtype }),
  });
}

/** Not complex numbers, which are two tensors there; not Einsum, which TensorFlow knows better. */
const canRunOnHost = (name: string, inputs: tf.NamedTensorInfoMap): boolean =>
  name !== 'Einsum' && Object.values(inputs).every((x) => x?.dtype !== 'complex64');

/** TensorFlow computes something even where the result's labels do not occur in the arguments. */
function checkEinsum({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): void {
  const { equation } = attrs as unknown as { equation: string };
  tf.backend_util.decodeEinsumEquation(equation, Object.keys(inputs).length);
}

/** sign(NaN) is 0 in tfjs. */
const sign: tf.KernelFunc = ({ inputs }) => {
  const x = inputs['x'] as tf.Tensor;
  return tf.tidy(() =>
    tf.cast(tf.sub(tf.cast(tf.greater(x, 0), 'int32'), tf.cast(tf.less(x, 0), 'int32')), x.dtype),
  );
};

let installed = false;

/**
 * Makes tfjs-node complete: what it lacks, what TensorFlow refuses (NCHW on a CPU, dilated depthwise
 * convolutions, padding in numbers, …) and what it gets wrong runs on tfjs's `cpu` kernels. Correct
 * before fast; none of it is in the way of a training step.
 */
export function installTensorflowKernels(): void {
  if (installed) return;
  installed = true;
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    const own = tf.getKernel(kernelName, TENSORFLOW) as tf.KernelConfig | undefined;
    if (own) tf.unregisterKernel(kernelName, TENSORFLOW);
    const isWrong = WRONG[kernelName];
    tf.registerKernel({
      ...own,
      kernelName,
      backendName: TENSORFLOW,
      kernelFunc: (call) => {
        if (kernelName === 'Einsum') checkEinsum(call);
        if (!own || isWrong?.(call.inputs as Inputs)) return runOnHost(kernelName, call);
        try {
          // tidy: a kernel that throws leaves its own small tensors behind.
          return tf.tidy(() => own.kernelFunc(call) as tf.TensorContainer) as Results;
        } catch (error) {
          if (!isRefusal(error) || !canRunOnHost(kernelName, call.inputs)) throw error;
          return runOnHost(kernelName, call);
        }
      },
    });
  }
  installGradientKernels();
  tf.unregisterKernel('Sign', TENSORFLOW);
  tf.registerKernel({ kernelName: 'Sign', backendName: TENSORFLOW, kernelFunc: sign });
}
