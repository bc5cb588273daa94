import type * as tf from '@tensorflow/tfjs';

/** Makes features of pictures, under a name that results carry: they mean nothing without it. */
export interface FeatureNetwork {
  readonly name: string;
  /** [n, h, w, c] in [0, 1] to [n, k]. */
  features(images: tf.Tensor4D): tf.Tensor2D | Promise<tf.Tensor2D>;
}

/** Makes a Gaussian of each picture, as a VAE's encoder does. */
export interface GaussianEmbedding {
  readonly name: string;
  /** [n, h, w, c] in [0, 1] to mean and log standard deviation [n, k] each. */
  encode(
    images: tf.Tensor4D,
  ):
    | { readonly mean: tf.Tensor2D; readonly logScale: tf.Tensor2D }
    | Promise<{ readonly mean: tf.Tensor2D; readonly logScale: tf.Tensor2D }>;
}

/** The features as rows on the host; the network's tensor is disposed. */
export async function featureRows(
  network: FeatureNetwork,
  images: tf.Tensor4D,
): Promise<number[][]> {
  return rowsOf(await network.features(images));
}

/** Rows of a tensor, which is disposed. */
export async function rowsOf(tensor: tf.Tensor2D): Promise<number[][]> {
  try {
    return await tensor.array();
  } finally {
    tensor.dispose();
  }
}
