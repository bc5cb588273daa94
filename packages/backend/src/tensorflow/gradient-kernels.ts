import * as tf from '@tensorflow/tfjs';

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number;
}

/** What we use of tfjs-node's backend to run an operation by its name. */
interface NodeBackend {
  readonly binding: Readonly<Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_FLOAT', number>>;
  executeSingleOutput(
    name: string,
    attributes: Attribute[],
    inputs: tf.TensorInfo[],
  ): tf.TensorInfo;
}

/** TensorFlow's own gradients of activations, and the order of their arguments. */
const OPERATIONS: Readonly<Record<string, readonly ['dy' | 'x' | 'y', 'dy' | 'x' | 'y']>> = {
  SigmoidGrad: ['y', 'dy'],
  TanhGrad: ['y', 'dy'],
  ReluGrad: ['dy', 'x'],
  LeakyReluGrad: ['dy', 'x'],
};

/** Registers them under the names that our gradients ask for: one operation for three. */
export function installGradientKernels(): void {
  for (const [kernelName, order] of Object.entries(OPERATIONS)) {
    tf.registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: ({ inputs, attrs, backend }) => {
        const node = backend as NodeBackend;
        const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_FLOAT } = node.binding;
        const attributes = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }];
        const alpha = attrs?.['alpha'];
        if (alpha !== undefined) {
          attributes.push({ name: 'alpha', type: TF_ATTR_FLOAT, value: alpha as number });
        }
        const tensors = order.map((name) => inputs[name]!);
        return node.executeSingleOutput(kernelName, attributes, tensors);
      },
    });
  }
}
