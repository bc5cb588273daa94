import { createRng } from '@causal/random';
import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { pixelPlaces } from '@causal/nn';
import type { DecoderInput } from '../decoder';
import { FieldsDecoder, type FieldsDecoderOptions } from './fields-decoder';
import { fieldsOptions } from './options';
import { numbersOf, paintPixel, type Numbers, type Sizes } from './test-support/reference';

useEngine();

const [height, width, channels] = [6, 8, 3];
const pixels = height * width;
const d = 3;
const n = 2;
const small = {
  fieldWidth: 8,
  octaves: 2,
  ambient: 2,
  waves: 12,
  grids: [4, 7],
  gridChannels: 4,
  pictureWidth: 8,
  palette: 5,
  samplePixels: 20,
};
const sizes: Sizes = {
  ...small,
  width: small.fieldWidth,
  hidden: small.pictureWidth,
  poseCodes: 2,
  channels,
};

/** Gates that open concept i on columns 2i … 2i + 3. */
const bands = (): Float32Array =>
  Float32Array.from({ length: d * pixels }, (_, at) => {
    const [i, x] = [Math.floor(at / pixels), at % width];
    return Number(x >= 2 * i && x < 2 * i + 4);
  });

interface Change {
  readonly gates?: Float32Array | null;
  readonly latentSize?: number;
  readonly freeSize?: number;
  readonly fields?: object;
  readonly seed?: number;
}

/** A decoder whose parameters are all away from zero, so that no part hides. */
function decoderOf({
  gates = null,
  latentSize = 1,
  freeSize = 4,
  fields = {},
  seed = 1,
}: Change = {}): FieldsDecoder {
  const options: FieldsDecoderOptions = {
    imageShape: [height, width, channels],
    conceptCount: d,
    latentSize,
    freeSize,
    fields: fieldsOptions.parse({ ...small, ...fields }),
    prepared: {
      gates,
      pixelWeights: Float32Array.from({ length: pixels }, (_, p) => 1 + (p % 5)),
      labelStats: {
        mean: Array.from({ length: d * latentSize }, (_, i) => 0.1 * i),
        std: Array.from({ length: d * latentSize }, (_, i) => 0.5 + 0.1 * i),
      },
    },
    rng: createRng(seed),
  };
  const decoder = new FieldsDecoder(options);
  const rng = createRng(99);
  for (const variable of Object.values(decoder.parameters())) {
    const noise = tf.tensor(rng.normals(variable.size), variable.shape);
    tf.tidy(() => variable.assign(variable.add(noise.mul(0.1))));
    noise.dispose();
  }
  return decoder;
}

function inputOf(latentSize = 1, freeSize = 4, seed = 3): DecoderInput & { concepts: tf.Tensor3D } {
  const rng = createRng(seed);
  return {
    concepts: tf.tensor3d(rng.normals(n * d * latentSize), [n, d, latentSize]),
    free: freeSize > 0 ? tf.tensor2d(rng.normals(n * freeSize), [n, freeSize]) : null,
  };
}

/** The whole pictures by the plain reference, flat. */
function reference(
  parameters: Numbers,
  { concepts, free }: DecoderInput & { concepts: tf.Tensor3D },
  gates: Float32Array | null,
): number[] {
  const places = pixelPlaces(height, width);
  const z = concepts.arraySync();
  const e = free?.arraySync();
  return z.flatMap((rows, image) =>
    Array.from({ length: pixels }, (_, p) =>
      paintPixel(
        parameters,
        {
          place: [places[2 * p]!, places[2 * p + 1]!],
          concepts: rows.map((codes, i) =>
            codes.map((v, k) => {
              const at = i * codes.length + k;
              return (v - 0.1 * at) / (0.5 + 0.1 * at);
            }),
          ),
          free: e?.[image] ?? [],
          gates: Array.from({ length: d }, (__, i) => (gates ? gates[i * pixels + p]! : 1)),
        },
        sizes,
      ),
    ).flat(),
  );
}

const clip = (v: number): number => Math.min(1, Math.max(0, v));
const context = (seed = 5, step = 0) => ({ rng: createRng(seed), step, steps: 10, training: true });
const imagesOf = (): tf.Tensor4D =>
  tf.tensor4d(createRng(8).uniforms(n * pixels * channels), [n, height, width, channels]);

describe('FieldsDecoder', () => {
  it.each([
    ['with free latents', {}],
    ['without', { freeSize: 0 }],
    ['with gates', { gates: bands(), freeSize: 0 }],
    ['with gates and free latents', { gates: bands() }],
    ['with latents of two numbers', { latentSize: 2 }],
  ] as [string, Change][])('paints what the formulas say, %s', (_, change) => {
    const decoder = decoderOf(change);
    const input = inputOf(change.latentSize, change.freeSize ?? 4);
    const expected = reference(numbersOf(decoder.parameters()), input, change.gates ?? null);
    const painted = decoder.decode(input).dataSync();
    expect(painted).toHaveLength(expected.length);
    expected.forEach((v, i) => expect(Math.abs(painted[i]! - clip(v))).toBeLessThan(2e-5));
  });

  it('sends gradients as finite differences of the formulas say, to every parameter', () => {
    const gates = bands();
    const decoder = decoderOf({ gates, fields: { fieldSize: 0, rigidity: 0 } });
    const input = inputOf();
    const images = imagesOf();
    const parameters = decoder.parameters();
    const start = numbersOf(parameters);
    // The weighted sum of all drawn colours; which pixels were drawn is told by a second draw.
    const weights = createRng(4).normals(n * small.samplePixels * channels);
    const { grads } = tf.variableGrads(
      () =>
        decoder
          .sample(input, images, context())
          .painted.flatten()
          .dot(tf.tensor1d(weights)) as tf.Scalar,
      Object.values(parameters),
    );
    const drawn = drawnBy(decoder, input);
    const value = (numbers: Numbers): number => {
      const whole = reference(numbers, input, gates);
      return drawn.reduce((total, pixel, i) => {
        const image = Math.floor(i / small.samplePixels);
        for (let c = 0; c < channels; c++) {
          total += weights[i * channels + c]! * whole[(image * pixels + pixel) * channels + c]!;
        }
        return total;
      }, 0);
    };
    const rng = createRng(6);
    for (const [name, variable] of Object.entries(parameters)) {
      const gradient = grads[variable.name]!.dataSync();
      const scale = Math.max(...gradient.map(Math.abs), 1e-2);
      for (let probe = 0; probe < 3; probe++) {
        const at = rng.int(variable.size);
        const [expected] = numericGradient(
          ([v]) => {
            const changed = Float64Array.from(start[name]!);
            changed[at] = v!;
            return value({ ...start, [name]: changed });
          },
          [start[name]![at]!],
          1e-5,
        );
        expect(`${name} ${Math.abs(gradient[at]! - expected!) < 2e-3 * scale}`).toBe(
          `${name} true`,
        );
      }
    }
  });

  it('samples pixels that decode paints, with their targets', () => {
    const decoder = decoderOf();
    const input = inputOf();
    const images = imagesOf();
    const whole = decoder.decode(input).dataSync();
    const { painted, target } = decoder.sample(input, images, context());
    expect(painted.shape).toEqual([n, small.samplePixels, channels]);
    const truth = images.dataSync();
    const [colours, wanted] = [painted.dataSync(), target.dataSync()];
    drawnBy(decoder, input).forEach((pixel, i) => {
      const from = (Math.floor(i / small.samplePixels) * pixels + pixel) * channels;
      for (let c = 0; c < channels; c++) {
        expect(wanted[i * channels + c]).toBe(truth[from + c]);
        expect(Math.abs(clip(colours[i * channels + c]!) - whole[from + c]!)).toBeLessThan(1e-5);
      }
    });
  });

  it('a concept cannot move a pixel whose gate is closed, to the bit', () => {
    const gates = bands();
    const decoder = decoderOf({ gates });
    const input = inputOf();
    const moved = input.concepts.add(tf.tensor3d([0, 1.5, 0], [1, d, 1])) as tf.Tensor3D;
    const before = decoder.decode(input).dataSync();
    const after = decoder.decode({ ...input, concepts: moved }).dataSync();
    let changed = 0;
    before.forEach((v, at) => {
      const p = Math.floor(at / channels) % pixels;
      if (gates[pixels + p] === 0) expect(after[at]).toBe(v);
      else changed += Number(after[at] !== v);
    });
    expect(changed).toBeGreaterThan(0);
  });

  it('adds the penalties that spec says', () => {
    const gates = bands();
    const input = inputOf(1, 0);
    const images = imagesOf();
    const penalty = (fields: object, step = 0): number =>
      decoderOf({ gates, freeSize: 0, fields })
        .sample(input, images, context(5, step))
        .penalty!.dataSync()[0]!;
    const size = penalty({ fieldSize: 1, rigidity: 0 });
    expect(size).toBeGreaterThan(0);
    // Falls linearly to nothing, and is linear in its weight.
    expect(penalty({ fieldSize: 1, rigidity: 0 }, 4)).toBeCloseTo(0.6 * size, 5);
    expect(penalty({ fieldSize: 3, rigidity: 0 })).toBeCloseTo(3 * size, 5);
    const rigid = penalty({ fieldSize: 0, rigidity: 1 });
    expect(rigid).toBeGreaterThan(0);
    expect(penalty({ fieldSize: 0, rigidity: 1 }, 9)).toBeCloseTo(rigid, 6);
    expect(penalty({ fieldSize: 2, rigidity: 3 })).toBeCloseTo(2 * size + 3 * rigid, 4);
    expect(penalty({ fieldSize: 0, rigidity: 0 })).toBe(0);
  });

  it('draws wrong pixels more often, and the same bits again from saved buffers', async () => {
    const run = async (decoder: FieldsDecoder, from: number, to: number): Promise<string> => {
      const input = inputOf();
      let last = '';
      for (let step = from; step < to; step++) {
        const sample = decoder.sample(input, imagesOf(), context(step, step));
        await decoder.afterStep();
        last = String(sample.painted.dataSync());
      }
      return last;
    };
    const whole = decoderOf();
    const expected = await run(whole, 0, 6);
    const first = decoderOf();
    await run(first, 0, 3);
    const second = decoderOf({ seed: 2 });
    for (const part of ['parameters', 'buffers'] as const) {
      const [to, from] = [second[part](), first[part]()];
      expect(Object.keys(to)).toEqual(Object.keys(from));
      for (const [name, variable] of Object.entries(to)) variable.assign(from[name]!.clone());
    }
    expect(await run(second, 3, 6)).toBe(expected);
    // The running errors matter: without them other pixels are drawn.
    const third = decoderOf();
    expect(await run(third, 3, 6)).not.toBe(expected);
    expect(await run(decoderOf(), 0, 6)).toBe(expected);
  });

  it('leaves no tensor over a hundred steps, and none after dispose', async () => {
    const input = inputOf();
    const images = imagesOf();
    const before = tf.memory().numTensors;
    const decoder = decoderOf({ gates: bands() });
    const variables = Object.values(decoder.parameters());
    const step = async (): Promise<void> => {
      const { grads, value } = tf.variableGrads(() => {
        const { painted, target, penalty } = decoder.sample(input, images, context());
        return painted.sub(target).square().mean().add(penalty!) as tf.Scalar;
      }, variables);
      tf.dispose([grads, value]);
      await decoder.afterStep();
    };
    await step();
    const leaked = await countTensors(async () => {
      for (let i = 0; i < 100; i++) await step();
    });
    expect(leaked).toBe(0);
    expect(await countTensors(() => decoder.decode(input).dispose())).toBe(0);
    expect(await countTensors(() => decoder.gates().dispose())).toBe(0);
    decoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('tells what does not fit', () => {
    expect(() => decoderOf({ gates: new Float32Array(5) })).toThrow(
      /prepared.gates has 5 numbers; expected 144/,
    );
  });
});

/** The pixels that `context()` draws, found by pictures that hold their own pixel's number. */
function drawnBy(decoder: FieldsDecoder, input: DecoderInput): Int32Array {
  const values = Float32Array.from(
    { length: n * pixels * channels },
    (_, at) => Math.floor(at / channels) % pixels,
  );
  const images = tf.tensor4d(values, [n, height, width, channels]);
  const { target } = decoder.sample(input, images, context());
  return Int32Array.from(target.dataSync().filter((_, at) => at % channels === 0));
}
