import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

/** Filters and kernel sizes of the convolutions; each halves the picture. */
const FIRST = { filters: 16, kernel: 5 };
const FURTHER = { filters: 32, kernel: 3 };
const FEATURES = 128;
/** Convolutions go on until no side is longer than this. */
const SMALLEST_SIDE = 8;

/** Shapes of the network's parameters, by name: the whole architecture follows from these. */
export function networkShapes(
  [height, width, channels]: readonly [number, number, number],
  outputs: number,
): Record<string, number[]> {
  const shapes: Record<string, number[]> = {};
  let [h, w, inputs] = [height, width, channels + 2];
  for (let i = 0; i < 2 || Math.max(h, w) > SMALLEST_SIDE; i++) {
    const { filters, kernel } = i === 0 ? FIRST : FURTHER;
    shapes[`conv${i}.kernel`] = [kernel, kernel, inputs, filters];
    shapes[`conv${i}.bias`] = [filters];
    [h, w, inputs] = [Math.ceil(h / 2), Math.ceil(w / 2), filters];
  }
  shapes['features.kernel'] = [h * w * inputs, FEATURES];
  shapes['features.bias'] = [FEATURES];
  shapes['labels.kernel'] = [FEATURES, outputs];
  shapes['labels.bias'] = [outputs];
  return shapes;
}

/** Starting values: He-normal kernels, zero biases. */
export function initialParameters(
  shapes: Readonly<Record<string, readonly number[]>>,
  rng: Rng,
): Record<string, tf.Variable> {
  const parameters: Record<string, tf.Variable> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(size);
    if (shape.length > 1) {
      const fanIn = size / shape.at(-1)!;
      rng.split(name).fillNormal(values, 0, Math.sqrt(2 / fanIn));
    }
    parameters[name] = makeVariable(values, shape);
  }
  return parameters;
}

/** A trainable parameter; the passing tensor that it is made of is disposed. */
export function makeVariable(values: Float32Array, shape: readonly number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, [...shape])));
}

/** Images [n, h, w, c] to features [n, 128]: strided convolutions that know each pixel's place. */
export function imageFeatures(
  parameters: Readonly<Record<string, tf.Tensor>>,
  images: tf.Tensor4D,
): tf.Tensor2D {
  return tf.tidy(() => {
    let x = silu(firstConvolution(parameters, images));
    for (let i = 1; `conv${i}.kernel` in parameters; i++) {
      x = convolve(x, parameters[`conv${i}.kernel`]!);
      x = silu(x.add(parameters[`conv${i}.bias`]!));
    }
    const flat = x.reshape([images.shape[0], -1]) as tf.Tensor2D;
    return silu(tf.matMul(flat, parameters['features.kernel']!).add(parameters['features.bias']!));
  });
}

/** Features [n, 128] to standardised labels [n, d]. */
export function standardLabels(
  parameters: Readonly<Record<string, tf.Tensor>>,
  features: tf.Tensor2D,
): tf.Tensor2D {
  return tf.tidy(() =>
    tf.matMul(features, parameters['labels.kernel'] as tf.Tensor2D).add(parameters['labels.bias']!),
  );
}

function silu<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.sigmoid(x)) as T;
}

/**
 * The convolution of the images with two more channels, the places of the pixels. Those are the
 * same in every image, so their share is computed once: two fifths of the work of colour pictures.
 */
function firstConvolution(
  parameters: Readonly<Record<string, tf.Tensor>>,
  images: tf.Tensor4D,
): tf.Tensor4D {
  const [, height, width, channels] = images.shape;
  const kernel = parameters['conv0.kernel'] as tf.Tensor4D;
  const ofImages = tf.slice4d(kernel, [0, 0, 0, 0], [-1, -1, channels, -1]);
  const ofPlaces = tf.slice4d(kernel, [0, 0, channels, 0], [-1, -1, 2, -1]);
  const places = convolve(pixelPlaces(height, width), ofPlaces).add(parameters['conv0.bias']!);
  return convolve(images, ofImages).add(places);
}

const convolve = (x: tf.Tensor4D, kernel: tf.Tensor): tf.Tensor4D =>
  tf.conv2d(x, kernel as tf.Tensor4D, 2, 'same');

/** [1, h, w, 2]: x and y of each pixel in [−1, 1]. */
function pixelPlaces(height: number, width: number): tf.Tensor4D {
  const x = tf.linspace(-1, 1, width).reshape([1, 1, width, 1]).tile([1, height, 1, 1]);
  const y = tf.linspace(-1, 1, height).reshape([1, height, 1, 1]).tile([1, 1, width, 1]);
  return tf.concat([x, y], 3) as tf.Tensor4D;
}
