import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { countTensors } from './memory';
import type { toyPictures } from './toy-pictures';

export type ToyData = ReturnType<typeof toyPictures>;
type Variables = Readonly<Record<string, tf.Variable>>;

/** What the laws need of a model; every class made by modelOf has it. */
export interface AnyModel {
  fit(data: never, options: never): Promise<unknown>;
  encode(images: tf.Tensor4D): object;
  decode(latents: never): tf.Tensor4D;
  reconstruct(images: tf.Tensor4D): tf.Tensor4D;
  sample(n: number, options: { seed: number }): object;
  savedParameters(): Variables;
  pack(): unknown;
  dispose(): void;
  readonly adversary?: { parameters(): Variables } | undefined;
  onWarning: (message: string) => void;
}

/** A model under test. */
export interface LawfulModel {
  readonly data: ToyData;
  create(): AnyModel;
  /** `Class.unpack`. */
  unpack(packed: never): Promise<AnyModel>;
  /** Steps over which the number of tensors must stay the same. Default 60. */
  readonly steps?: number;
}

export const bitsOf = (t: tf.Tensor): number[] => [...t.dataSync()];
const allBits = (variables: Variables): Record<string, number[]> =>
  Object.fromEntries(Object.entries(variables).map(([name, v]) => [name, bitsOf(v)]));
const everything = (model: AnyModel): Record<string, number[]> => ({
  ...allBits(model.savedParameters()),
  ...allBits(model.adversary?.parameters() ?? {}),
});
export const fitToy = (model: AnyModel, data: ToyData, options: object): Promise<unknown> => {
  model.onWarning = () => {};
  return model.fit(data as never, { batchSize: 8, seed: 3, logEvery: 1, ...options } as never);
};

/**
 * The laws that every model obeys, as tests: reconstruction is decode ∘ encode; what was packed does the
 * same to the bit; a run that was stopped ends where an uninterrupted one does; nothing leaks. Call it in
 * a `describe`.
 */
export function modelLaws({ data, create, unpack, steps = 60 }: LawfulModel): void {
  let model: AnyModel;
  let images: tf.Tensor4D;
  beforeAll(async () => {
    model = create();
    await fitToy(model, data, { steps: 4 });
    images = data.batch('test', [0, 1, 2, 3]).images;
  });

  it('reconstructs as it decodes what it encodes, to the bit', () => {
    const decoded = model.decode(model.encode(images) as never);
    expect(bitsOf(model.reconstruct(images))).toEqual(bitsOf(decoded));
  });

  it('packs and unpacks to the same bits', async () => {
    const again = await unpack(model.pack() as never);
    expect(allBits(again.savedParameters())).toEqual(allBits(model.savedParameters()));
    expect(bitsOf(again.reconstruct(images))).toEqual(bitsOf(model.reconstruct(images)));
    const drawn = (m: AnyModel): number[][] =>
      (Object.values(m.sample(3, { seed: 2 })) as tf.Tensor[]).map(bitsOf);
    expect(drawn(again)).toEqual(drawn(model));
    again.dispose();
  });

  it('goes on where it was stopped, to the same bits', async () => {
    const out = await mkdtemp(join(tmpdir(), 'model-laws-'));
    try {
      const [whole, stopped, resumed] = [create(), create(), create()];
      await fitToy(whole, data, { steps: 7 });
      const controller = new AbortController();
      const run = { steps: 7, out: join(out, 'run') };
      const onProgress = ({ step }: { step: number }): void => {
        if (step === 4) controller.abort();
      };
      await expect(
        fitToy(stopped, data, { ...run, signal: controller.signal, onProgress }),
      ).rejects.toThrow(/resume/);
      await fitToy(resumed, data, { ...run, resume: true });
      expect(everything(resumed)).toEqual(everything(whole));
      expect(everything(stopped)).not.toEqual(everything(whole));
      for (const one of [whole, stopped, resumed]) one.dispose();
    } finally {
      await rm(out, { recursive: true });
    }
  });

  it(`holds as many tensors after ${steps} steps as after a few`, async () => {
    const own = create();
    const counts: number[] = [];
    const count = { name: 'count', onStep: () => void counts.push(tf.memory().numTensors) };
    await fitToy(own, data, { steps, callbacks: [count], logEvery: 1000 });
    // The loop's own buffers are there from the second step on; the last batch has no successor.
    expect(new Set(counts.slice(2, -2)).size).toBe(1);
    own.dispose();
  });

  it('leaves no tensor once it is disposed', async () => {
    const once = async (): Promise<void> => {
      const own = create();
      await fitToy(own, data, { steps: 2 });
      tf.dispose(own.encode(images) as tf.TensorContainer);
      own.reconstruct(images).dispose();
      tf.dispose(own.sample(3, { seed: 1 }) as tf.TensorContainer);
      const again = await unpack(own.pack() as never);
      again.reconstruct(images).dispose();
      again.dispose();
      own.dispose();
    };
    await once(); // what the engine itself keeps
    expect(await countTensors(once)).toBe(0);
  });
}
