import { type Parameters, pixelPlaces, prefixed } from '@causal/nn';
import type { Rng } from '@causal/random';
import type { LossContext } from '@causal/training';
import * as tf from '@tensorflow/tfjs';
import type { Decoder, DecoderInput, PaintedSample } from '../decoder';
import { CanonicalPicture } from './canonical-picture';
import { Colour } from './colour';
import { ConceptFields, fieldScale } from './concept-fields';
import { Frame } from './frame';
import type { FieldsOptions } from './options';
import { drawPixels, START_ERROR, updateErrors } from './pixel-sampler';

/** What the decoder knows of the data before it is trained; see `prepareFields`. */
export interface FieldsPrepared {
  /** Which concept may touch which pixel, 0 or 1 [d·pixels]; null: every concept every pixel. */
  readonly gates: Float32Array | null;
  /** How often each pixel is drawn [pixels]. */
  readonly pixelWeights: Float32Array;
  /** Mean and standard deviation of each latent coordinate [d·k]. */
  readonly labelStats: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

export interface FieldsDecoderOptions {
  readonly imageShape: readonly [number, number, number];
  /** Concepts, d, and latent coordinates of each, k. */
  readonly conceptCount: number;
  readonly latentSize: number;
  /** Free latents, r; 0 for none. */
  readonly freeSize: number;
  readonly fields: FieldsOptions;
  readonly prepared: FieldsPrepared;
  readonly rng: Rng;
}

/** Rows (pixels of pictures) painted at once by `decode`: bounds its memory. */
const CHUNK_ROWS = 2 ** 15;
/** Keeps the gradient of a field's length finite at zero. */
const LENGTH_FLOOR = 1e-6;

/**
 * g₃ as one narrow canonical picture under additive deformation fields:
 * x(p) = light(p, ε) · palette(ε)ᵀ softmax(2·T(c)), c = [p′, 0] + Σᵢ gᵢ(p)·Fᵢ(p′, zᵢ),
 * p′ the place in the frame that ε moves. Concepts displace, add up and cannot colour; free latents
 * colour, light and move the frame and (by a few pose codes) deform. Trained on pixels drawn where
 * concepts show and errors are large.
 */
export class FieldsDecoder implements Decoder {
  readonly #options: FieldsDecoderOptions;
  readonly #frame: Frame | null;
  readonly #pose: tf.Variable | null;
  readonly #fields: ConceptFields;
  readonly #picture: CanonicalPicture;
  readonly #colour: Colour;
  readonly #places: Float32Array;
  readonly #buffers: {
    readonly gates: tf.Variable | null;
    readonly weights: tf.Variable;
    readonly errors: tf.Variable;
    readonly mean: tf.Variable;
    readonly std: tf.Variable;
  };
  /** Host copies of buffers, by the data they were read from: assigning a buffer renews them. */
  readonly #read = new WeakMap<object, Float32Array>();
  #pending: { readonly pixels: Int32Array; readonly squared: tf.Tensor } | null = null;

  constructor(options: FieldsDecoderOptions) {
    this.#options = options;
    const { imageShape, conceptCount: d, latentSize, freeSize, fields, prepared, rng } = options;
    const [height, width, channels] = imageShape;
    const pixels = height * width;
    checkPrepared(prepared, d, pixels, d * latentSize);
    const pose = freeSize > 0 ? fields.poseCodes : 0;
    this.#frame = freeSize > 0 ? new Frame(rng.split('frame'), freeSize) : null;
    this.#pose =
      pose > 0 ? uniform(rng.split('pose'), [freeSize, pose], 1 / Math.sqrt(freeSize)) : null;
    this.#fields = new ConceptFields({
      fields: d + Number(pose > 0),
      codes: Math.max(latentSize, pose),
      width: fields.fieldWidth,
      octaves: fields.octaves,
      ambient: fields.ambient,
      rng: rng.split('fields'),
    });
    this.#picture = new CanonicalPicture({
      ...fields,
      width: fields.pictureWidth,
      rng: rng.split('picture'),
    });
    const { palette } = fields;
    this.#colour = new Colour({ palette, channels, free: freeSize, rng: rng.split('colour') });
    this.#places = pixelPlaces(height, width);
    const { gates, pixelWeights, labelStats } = prepared;
    this.#buffers = {
      gates: gates && buffer(gates, [d, pixels]),
      weights: buffer(pixelWeights, [pixels]),
      errors: buffer(new Float32Array(pixels).fill(START_ERROR), [pixels]),
      mean: buffer(labelStats.mean, [d, latentSize]),
      std: buffer(labelStats.std, [d, latentSize]),
    };
  }

  /** Whole pictures [n, height, width, channels], clipped to [0, 1]; memory is bounded. */
  decode(input: DecoderInput): tf.Tensor4D {
    const [height, width, channels] = this.#options.imageShape;
    const concepts = input.concepts!;
    const n = concepts.shape[0];
    const size = Math.max(1, Math.floor(CHUNK_ROWS / (height * width)));
    return tf.tidy(() => {
      const parts: tf.Tensor4D[] = [];
      for (let from = 0; from < n; from += size) {
        const count = Math.min(size, n - from);
        parts.push(
          tf.tidy(() => {
            const some = {
              concepts: concepts.slice(from, count),
              free: input.free && input.free.slice(from, count),
            };
            const { painted } = this.#paint(some, null);
            return painted.clipByValue(0, 1).reshape([count, height, width, channels]);
          }),
        );
      }
      return parts.length === 1 ? parts[0]! : tf.concat(parts, 0);
    });
  }

  /**
   * Draws pixels of each picture and paints them; inside a gradient tape.
   * @param images [n, height, width, channels].
   */
  sample(input: DecoderInput, images: tf.Tensor4D, context: LossContext): PaintedSample {
    const { samplePixels, errorShare } = this.#options.fields;
    const [n, height, width, channels] = images.shape;
    const { weights, errors } = this.#buffers;
    const pixels = drawPixels(
      context.rng.split('pixels'),
      n * samplePixels,
      this.#host(weights),
      this.#host(errors),
      errorShare,
    );
    const { painted, raw } = this.#paint(input, pixels);
    const target = tf.tidy(() => {
      const rows = pixels.map((pixel, i) => Math.floor(i / samplePixels) * height * width + pixel);
      const flat = images.reshape([n * height * width, channels]);
      return tf
        .gather(flat, tf.tensor1d(rows, 'int32'))
        .reshape([n, samplePixels, channels]) as tf.Tensor3D;
    });
    if (context.training) {
      this.#pending?.squared.dispose();
      const squared = tf.keep(tf.tidy(() => painted.sub(target).square().mean(2).flatten()));
      this.#pending = { pixels, squared };
    }
    return { painted, target, penalty: this.#penalty(raw, pixels, n, context) };
  }

  /** Takes note of the last sample's errors: call it once after each training step. */
  async afterStep(): Promise<void> {
    const pending = this.#pending;
    if (!pending) return;
    this.#pending = null;
    const squared = await pending.squared.data();
    pending.squared.dispose();
    const { errors } = this.#buffers;
    const updated = updateErrors(this.#host(errors), pending.pixels, squared);
    tf.tidy(() => errors.assign(tf.tensor1d(updated)));
    this.#read.set(errors.dataId, updated);
  }

  /** Which concept may touch which pixel [d, height, width], 0 to 1; ones where all may. */
  gates(): tf.Tensor3D {
    const { imageShape, conceptCount } = this.#options;
    const shape: [number, number, number] = [conceptCount, imageShape[0], imageShape[1]];
    return this.#buffers.gates ? this.#buffers.gates.reshape(shape) : tf.ones(shape);
  }

  parameters(): Parameters {
    return {
      ...(this.#frame && prefixed('frame', this.#frame.parameters())),
      ...(this.#pose && { pose: this.#pose }),
      ...prefixed('fields', this.#fields.parameters()),
      ...prefixed('picture', this.#picture.parameters()),
      ...prefixed('colour', this.#colour.parameters()),
    };
  }

  /** What is no parameter but belongs to the decoder's state; assigning restores it. */
  buffers(): Parameters {
    const { gates, weights, errors, mean, std } = this.#buffers;
    return {
      ...(gates && { gates }),
      'pixel-weights': weights,
      'running-error': errors,
      'label-mean': mean,
      'label-std': std,
    };
  }

  dispose(): void {
    this.#pending?.squared.dispose();
    this.#pending = null;
    tf.dispose([this.parameters(), this.buffers()]);
  }

  /** A buffer's numbers on the host, read once for each assignment. */
  #host(variable: tf.Variable): Float32Array {
    let values = this.#read.get(variable.dataId);
    if (!values) {
      values = variable.dataSync<'float32'>().slice();
      this.#read.set(variable.dataId, values);
    }
    return values;
  }

  /** Paints the given pixels of each picture ([n·P]), or all of them. */
  #paint(
    { concepts: given, free }: DecoderInput,
    pixels: Int32Array | null,
  ): { painted: tf.Tensor3D; raw: RawFields } {
    const [height, width] = this.#options.imageShape;
    const concepts = given!;
    const n = concepts.shape[0];
    const count = pixels ? pixels.length / n : height * width;
    const places = tf.tidy(() => this.#placesOf(pixels, n, count));
    const moved = this.#frame && free ? this.#frame.apply(places, free) : places;
    const { codes, scale } = this.#codes(concepts, free);
    const fields = this.#fields.apply(moved, codes, scale);
    const gates = this.#gatesAt(pixels, n);
    const gated = gates ? (fields.mul(gates) as tf.Tensor3D) : fields;
    const still = moved.reshape([n * count, 2]) as tf.Tensor2D;
    const added = gated.sum(0) as tf.Tensor2D;
    const c = added.add(
      tf.pad(still, [
        [0, 0],
        [0, this.#options.fields.ambient],
      ]),
    ) as tf.Tensor2D;
    const painted = this.#colour.apply(this.#picture.apply(c), places, free);
    return { painted, raw: { fields, gated, gates } };
  }

  #placesOf(pixels: Int32Array | null, n: number, count: number): tf.Tensor3D {
    if (!pixels) return tf.tile(tf.tensor3d(this.#places, [1, count, 2]), [n, 1, 1]);
    const places = new Float32Array(2 * pixels.length);
    pixels.forEach((pixel, i) => {
      places[2 * i] = this.#places[2 * pixel]!;
      places[2 * i + 1] = this.#places[2 * pixel + 1]!;
    });
    return tf.tensor3d(places, [n, count, 2]);
  }

  /** Standardised codes of each field [f, n, codes], and the factor of each [f, n, 1]. */
  #codes(
    concepts: tf.Tensor3D,
    free: tf.Tensor2D | null,
  ): { codes: tf.Tensor3D; scale: tf.Tensor3D } {
    const { mean, std } = this.#buffers;
    const own = tf.transpose(concepts.sub(mean).div(std) as tf.Tensor3D, [1, 0, 2]);
    if (!this.#pose || !free) return { codes: own, scale: fieldScale(own) };
    const pose = free.matMul(this.#pose as tf.Tensor2D).expandDims<tf.Tensor3D>(0);
    const size = Math.max(own.shape[2], pose.shape[2]);
    const wide = (codes: tf.Tensor3D): tf.Tensor3D =>
      codes.shape[2] === size
        ? codes
        : (codes.pad([
            [0, 0],
            [0, 0],
            [0, size - codes.shape[2]],
          ]) as tf.Tensor3D);
    return {
      codes: tf.concat([wide(own), wide(pose)], 0),
      scale: tf.concat([fieldScale(own), fieldScale(pose)], 0),
    };
  }

  /** Gates of each field at the pixels [f, n·P, 1]; 1 for the pose. */
  #gatesAt(pixels: Int32Array | null, n: number): tf.Tensor3D | null {
    const { gates } = this.#buffers;
    if (!gates) return null;
    const [d, all] = gates.shape as [number, number];
    return tf.tidy(() => {
      const map = gates as tf.Tensor2D;
      const own = pixels ? tf.gather(map, tf.tensor1d(pixels, 'int32'), 1) : tf.tile(map, [1, n]);
      const rows = pixels?.length ?? n * all;
      const full = this.#pose ? tf.concat([own, tf.ones([1, rows])], 0) : own;
      return full.reshape([d + Number(this.#pose !== null), rows, 1]);
    });
  }

  #penalty(raw: RawFields, pixels: Int32Array, n: number, context: LossContext): tf.Scalar {
    const { fieldSize, rigidity } = this.#options.fields;
    const d = this.#options.conceptCount;
    const parts: tf.Scalar[] = [];
    const left = 1 - context.step / context.steps;
    if (fieldSize > 0 && left > 0) {
      const own = raw.gated.slice([0, 0, 0], [d, -1, -1]);
      const length = own.square().sum(2).add(LENGTH_FLOOR).sqrt();
      parts.push(length.mean().mul(d * fieldSize * left) as tf.Scalar);
    }
    if (rigidity > 0 && raw.gates) {
      const shape = [d, n, pixels.length / n, raw.fields.shape[2]];
      const own = raw.fields.slice([0, 0, 0], [d, -1, -1]).reshape(shape);
      const open = raw.gates
        .slice([0, 0, 0], [d, -1, -1])
        .greater(0.5)
        .cast('float32')
        .reshape([...shape.slice(0, 3), 1]);
      const count = open.sum(2, true).add(1e-3);
      const mean = own.mul(open).sum(2, true).div(count);
      const variance = own.sub(mean).mul(open).square().sum(2, true).div(count);
      parts.push(variance.sum().mul(rigidity / n) as tf.Scalar);
    }
    return parts.length > 0 ? (tf.addN(parts) as tf.Scalar) : tf.scalar(0);
  }
}

/** The fields of a pass [f, n·P, 2 + ambient], and their gates. */
interface RawFields {
  readonly fields: tf.Tensor3D;
  readonly gated: tf.Tensor3D;
  readonly gates: tf.Tensor3D | null;
}

function uniform(rng: Rng, shape: number[], limit: number): tf.Variable {
  const values = rng.fillUniform(new Float32Array(tf.util.sizeFromShape(shape)), -limit, limit);
  return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
}

function buffer(values: ArrayLike<number>, shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(Float32Array.from(values), shape), false));
}

/** @throws RangeError on sizes that do not fit the pictures or the concepts. */
function checkPrepared(prepared: FieldsPrepared, d: number, pixels: number, codes: number): void {
  const { gates, pixelWeights, labelStats } = prepared;
  const sizes: [string, number, number][] = [
    ['gates', gates?.length ?? d * pixels, d * pixels],
    ['pixelWeights', pixelWeights.length, pixels],
    ['labelStats.mean', labelStats.mean.length, codes],
    ['labelStats.std', labelStats.std.length, codes],
  ];
  for (const [name, came, expected] of sizes) {
    if (came === expected) continue;
    throw new RangeError(
      `FieldsDecoder: prepared.${name} has ${came} numbers; expected ${expected}: prepare it on the same pictures and concepts.`,
    );
  }
}
