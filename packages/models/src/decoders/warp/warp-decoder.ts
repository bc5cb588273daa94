import { disposeParts, pixelPlaces, prefixed, type Parameters } from '@causal/nn';
import type { Rng } from '@causal/random';
import type { LossContext } from '@causal/training';
import * as tf from '@tensorflow/tfjs';
import type { Decoder, DecoderInput, PaintedSample } from '../decoder';
import { PixelSampler } from './pixel-sampler';
import type { Blocks } from './screening';
import { WarpBlock } from './warp-block';

export interface WarpDecoderOptions {
  readonly imageShape: readonly [number, number, number];
  readonly conceptCount: number;
  readonly latentSize: number;
  /** Which block paints which pixel, from `screenBlocks` or given. */
  readonly blocks: Blocks;
  /** Pixels sampled a step. Default 256. */
  readonly samplePixels?: number;
  /** Coordinates of each block, m. Default 8. */
  readonly coordinates?: number;
  /** Hidden units of each block, h. Default 48. */
  readonly hidden?: number;
  /** Octaves of Fourier features (frequencies 1, 2, 4, …). Default 4. */
  readonly octaves?: number;
  /** Let the shifts of blocks of several concepts bend. Default false. */
  readonly bendShared?: boolean;
  /** Add learned coordinates φ(p). Default false. */
  readonly learnedCoordinates?: boolean;
  readonly rng: Rng;
}

/** Rows (pictures × pixels) painted at once when whole pictures are decoded: bounds memory. */
const ROWS_AT_ONCE = 32_768;

/**
 * The block decoder: each pixel is painted by one block, each block moved by few concepts, each
 * concept acting by a shift of coordinates. Trained on a sample of pixels per step, so its cost
 * does not depend on the resolution.
 */
export class WarpDecoder implements Decoder {
  readonly #shape: readonly [number, number, number];
  readonly #blocks: readonly WarpBlock[];
  readonly #samplers: readonly PixelSampler[];
  readonly #counts: readonly number[];
  readonly #pixels: readonly Int32Array[];
  readonly #places: Float32Array;

  constructor(options: WarpDecoderOptions) {
    const { imageShape, blocks, rng } = options;
    this.#shape = imageShape;
    this.#places = pixelPlaces(imageShape[0], imageShape[1]);
    const weight = blocks.variance.map((v) => Math.sqrt(v));
    const total = weight.reduce((sum, w) => sum + w, 0);
    const all = blocks.assignment.length;
    this.#pixels = blocks.concepts.map((_, block) => {
      const mine: number[] = [];
      blocks.assignment.forEach((b, p) => {
        if (b === block) mine.push(p);
      });
      return Int32Array.from(mine);
    });
    this.#samplers = this.#pixels.map(
      (mine) =>
        new PixelSampler(
          mine,
          Float64Array.from(mine, (p) => weight[p]!),
        ),
    );
    this.#counts = this.#pixels.map((mine) => {
      const weighted = mine.reduce((sum, p) => sum + weight[p]!, 0) / (total || 1);
      return Math.max(
        1,
        Math.round((options.samplePixels ?? 256) * (0.5 * weighted + (0.5 * mine.length) / all)),
      );
    });
    this.#blocks = blocks.concepts.map(
      (concepts, block) =>
        new WarpBlock({
          concepts,
          conceptCount: options.conceptCount,
          latentSize: options.latentSize,
          channels: imageShape[2],
          coordinates: options.coordinates ?? 8,
          hidden: options.hidden ?? 48,
          octaves: options.octaves ?? 4,
          bendShared: options.bendShared ?? false,
          learnedCoordinates: options.learnedCoordinates ?? false,
          rng: rng.split('block').split(block),
        }),
    );
  }

  sample({ concepts }: DecoderInput, images: tf.Tensor4D, context: LossContext): PaintedSample {
    const n = images.shape[0];
    const [height, width, channels] = this.#shape;
    const flat = images.reshape([n, height * width, channels]) as tf.Tensor3D;
    const z = concepts!.reshape([n, -1]) as tf.Tensor2D;
    const rng = context.rng.split('pixels');
    const drawn = this.#samplers.map((sampler, b) => sampler.draw(rng.split(b), this.#counts[b]!));
    const painted = drawn.map((pixels, b) => this.#blocks[b]!.paint(z, this.#placesOf(pixels)));
    const every = tf.tensor1d(Int32Array.from(drawn.flatMap((pixels) => [...pixels])), 'int32');
    return {
      painted: tf.concat(painted, 1),
      target: tf.gather(flat, every, 1),
    };
  }

  decode({ concepts }: DecoderInput): tf.Tensor4D {
    return tf.tidy(() => {
      const n = concepts!.shape[0];
      const [height, width, channels] = this.#shape;
      const z = concepts!.reshape([n, -1]) as tf.Tensor2D;
      const parts = this.#pixels.map((pixels, b) => this.#paintAll(this.#blocks[b]!, z, pixels));
      // Blocks side by side, then every pixel to its place.
      const from = new Int32Array(height * width);
      let at = 0;
      for (const pixels of this.#pixels) for (const p of pixels) from[p] = at++;
      const joined = tf.concat(parts, 1);
      return tf.gather(joined, tf.tensor1d(from, 'int32'), 1).reshape([n, height, width, channels]);
    });
  }

  #paintAll(block: WarpBlock, z: tf.Tensor2D, pixels: Int32Array): tf.Tensor3D {
    const step = Math.max(1, Math.floor(ROWS_AT_ONCE / Math.max(1, pixels.length)));
    const places = this.#placesOf(pixels);
    const painted: tf.Tensor3D[] = [];
    for (let row = 0; row < z.shape[0]; row += step) {
      const size = Math.min(step, z.shape[0] - row);
      painted.push(tf.tidy(() => block.paint(z.slice([row, 0], [size, -1]), places)));
    }
    return painted.length === 1 ? painted[0]! : tf.concat(painted, 0);
  }

  #placesOf(pixels: Int32Array): tf.Tensor2D {
    const places = new Float32Array(pixels.length * 2);
    pixels.forEach((p, i) => {
      places[2 * i] = this.#places[2 * p]!;
      places[2 * i + 1] = this.#places[2 * p + 1]!;
    });
    return tf.tensor2d(places, [pixels.length, 2]);
  }

  parameters(): Parameters {
    return Object.assign({}, ...this.#blocks.map((b, i) => prefixed(`block-${i}`, b.parameters())));
  }

  dispose(): void {
    disposeParts(this.#blocks);
  }
}
