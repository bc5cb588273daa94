import * as tf from '@tensorflow/tfjs';

interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly filterShape: [number, number, number, number];
}

interface Backend {
  incRef(dataId: object): void;
}

/**
 * tfjs-backend-wasm as it comes from npm, with the one kernel that training convolutions needs and
 * it lacks, composed of its own operators: patches by slices, then one product (turned first: its
 * transposed products are slower still).
 */
export async function startStock(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { strides, pad, filterShape } = attrs as unknown as Attributes;
      const tensor = (info: tf.TensorInfo): tf.Tensor4D => {
        (backend as Backend).incRef(info.dataId);
        return tf.engine().makeTensorFromTensorInfo(info) as tf.Tensor4D;
      };
      return tf.tidy(() =>
        filterGradient(
          tensor(inputs['x'] as tf.TensorInfo),
          tensor(inputs['dy'] as tf.TensorInfo),
          { strides, pad, filterShape },
        ),
      );
    },
  });
}

function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, attrs: Attributes): tf.Tensor {
  const { strides, pad, filterShape } = attrs;
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
  const [kernelHeight, kernelWidth, inChannels, outChannels] = filterShape;
  const { batchSize, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  const padded = tf.pad(x, [
    [0, 0],
    [padInfo.top, padInfo.bottom + strideHeight],
    [padInfo.left, padInfo.right + strideWidth],
    [0, 0],
  ]);
  const rows = batchSize * outHeight * outWidth;
  const columns: tf.Tensor2D[] = [];
  for (let i = 0; i < kernelHeight; i++) {
    for (let j = 0; j < kernelWidth; j++) {
      const tap = tf.stridedSlice(
        padded,
        [0, i, j, 0],
        [
          batchSize,
          i + (outHeight - 1) * strideHeight + 1,
          j + (outWidth - 1) * strideWidth + 1,
          inChannels,
        ],
        [1, strideHeight, strideWidth, 1],
      );
      columns.push(tf.reshape(tap, [rows, inChannels]));
    }
  }
  const patches = tf.transpose(tf.concat(columns, 1));
  // A fresh tensor: stock wasm multiplies a reshaped right operand in its old shape.
  const right = tf.add(tf.reshape(dy, [rows, outChannels]), 0);
  return tf.reshape(tf.matMul(patches, right), filterShape);
}
