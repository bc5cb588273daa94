import type { Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import type { Parameters } from '@causal/nn';

/** A part of each picture of a batch, as painted and as it should be: both [n, pixels, channels]. */
export interface PaintedSample {
  readonly painted: tf.Tensor3D;
  readonly target: tf.Tensor3D;
}

/** g₃: causal latents to pictures. */
export interface Decoder {
  /** Latents [n, d, k] to pictures [n, height, width, channels] in [0, 1]. */
  decode(latents: tf.Tensor3D): tf.Tensor4D;
  /**
   * What the reconstruction loss looks at: decoders that paint pixel by pixel draw a sample of
   * pixels, others give the whole picture. Called inside a gradient tape.
   */
  sample(latents: tf.Tensor3D, images: tf.Tensor4D, rng: Rng): PaintedSample;
  parameters(): Parameters;
}
