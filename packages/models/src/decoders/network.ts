import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { layersParameters, seedLayers } from '@causal/nn';
import type { Parameters } from '@causal/nn';
import type { Decoder, PaintedSample } from './decoder';

/**
 * A decoder that is an ordinary tf.LayersModel on the concatenated latents ([n, d·k] to pictures):
 * the `joint` decoder, or the user's own.
 */
export class NetworkDecoder implements Decoder {
  readonly network: tf.LayersModel;

  /** @throws if the network's input is not [n, inputs] or its output not of the picture's shape. */
  constructor(network: tf.LayersModel, inputs: number, imageShape: readonly number[]) {
    const from = network.inputs[0]!.shape.slice(1);
    const to = network.outputs[0]!.shape.slice(1);
    if (from.join() !== String(inputs) || to.join() !== imageShape.join()) {
      throw new Error(
        `The decoder maps [${from}] to [${to}]; expected [${inputs}] (concepts × latent size) to [${imageShape}].`,
      );
    }
    this.network = network;
  }

  decode(latents: tf.Tensor3D): tf.Tensor4D {
    return tf.tidy(() => this.#apply(latents));
  }

  sample(latents: tf.Tensor3D, images: tf.Tensor4D): PaintedSample {
    const [n, height, width, channels] = images.shape;
    const flat: [number, number, number] = [n, height * width, channels];
    return { painted: this.#apply(latents).reshape(flat), target: images.reshape(flat) };
  }

  #apply(latents: tf.Tensor3D): tf.Tensor4D {
    return this.network.apply(latents.reshape([latents.shape[0], -1])) as tf.Tensor4D;
  }

  parameters(): Parameters {
    return layersParameters(this.network);
  }
}

/** The default joint decoder: dense, leaky ReLU and sigmoid (injective activations, Theorem 1). */
export function jointNetwork(
  rng: Rng,
  inputs: number,
  imageShape: readonly [number, number, number],
): tf.LayersModel {
  const input = tf.input({ shape: [inputs] });
  let y = input;
  for (const units of [128, 256]) {
    y = tf.layers.dense({ units }).apply(y) as tf.SymbolicTensor;
    y = tf.layers.leakyReLU({ alpha: 0.1 }).apply(y) as tf.SymbolicTensor;
  }
  y = tf.layers
    .dense({ units: imageShape[0] * imageShape[1] * imageShape[2], activation: 'sigmoid' })
    .apply(y) as tf.SymbolicTensor;
  y = tf.layers.reshape({ targetShape: [...imageShape] }).apply(y) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs: y });
  seedLayers(model, rng);
  return model;
}
