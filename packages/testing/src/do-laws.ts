import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { countTensors } from './memory';
import { bitsOf, fitToy, type AnyModel, type ToyData } from './model-laws';

type Done = Readonly<Record<string, number | readonly number[] | { shift: number }>>;

/** What the laws of do() need of a model with concepts. */
interface ConceptModel extends AnyModel {
  encode(images: tf.Tensor4D): { labels: tf.Tensor2D };
  counterfactual(images: tf.Tensor4D, done: Done): tf.Tensor4D;
  readonly conceptGraph: readonly (readonly number[])[];
  readonly mechanisms: { propagate(labels: tf.Tensor2D, done: never): tf.Tensor2D };
}

/** A model with concepts under test. */
export interface DoingModel {
  readonly data: ToyData;
  create(): ConceptModel;
  /** do() moves labels by their mechanisms (default) or latents, as CausalVAE's paper has it. */
  readonly moves?: 'labels' | 'latents';
}

/**
 * The laws of do() as tests: without intervention it is the reconstruction; only targets and their
 * descendants move; targets have no order; what is set to what it is changes nothing; nothing leaks.
 */
export function doLaws({ data, create, moves = 'labels' }: DoingModel): void {
  let model: ConceptModel;
  let images: tf.Tensor4D;
  beforeAll(async () => {
    model = create();
    await fitToy(model, data, { steps: 4 });
    images = data.batch('test', [0, 1, 2, 3]).images;
  });

  it('do() of nothing is the reconstruction, to the bit', () => {
    const wanted = bitsOf(model.reconstruct(images));
    expect(bitsOf(model.counterfactual(images, {}))).toEqual(wanted);
  });

  it('do() moves its targets and their descendants and nothing else, to the bit', () => {
    const start = watched(model, images, {});
    let moved = 0;
    fc.assert(
      fc.property(interventions(data), (done) => {
        const after = watched(model, images, done);
        const targets = Object.keys(done).map((name) => indexOf(data, name));
        const reached = descendantsOf(model.conceptGraph, targets);
        for (let j = 0; j < data.concepts.length; j++) {
          const same = String(column(after.latents, j)) === String(column(start.latents, j));
          if (!reached.has(j)) {
            expect(same).toBe(true);
            if (moves === 'labels')
              expect(column(after.labels!, j)).toEqual(column(start.labels!, j));
          } else if (!same) moved++;
        }
        tf.dispose(after.labels ? [after.latents, after.labels] : [after.latents]);
      }),
      { numRuns: 8, seed: 1 },
    );
    expect(moved).toBeGreaterThan(0);
  });

  it('do() has no order among its targets', () => {
    fc.assert(
      fc.property(interventions(data), (done) => {
        const reversed = Object.fromEntries(Object.entries(done).reverse());
        const [one, other] = [done, reversed].map((d) => model.counterfactual(images, d));
        expect(bitsOf(one!)).toEqual(bitsOf(other!));
        tf.dispose([one!, other!]);
      }),
      { numRuns: 4, seed: 2 },
    );
  });

  if (moves === 'labels') {
    it('do() of what is there already changes nothing (composition)', () => {
      const rows = model.encode(images).labels.arraySync();
      data.concepts.forEach(({ name, kind }, j) => {
        const whole = kind !== 'continuous';
        const values = rows.map((row) => (whole ? Math.round(row[j]!) : row[j]!));
        const same = model.counterfactual(images, { [name]: values });
        expect(model.reconstruct(images).sub(same).abs().max().dataSync()[0]!).toBeLessThan(1e-3);
      });
    });
  }

  it('do() leaves no tensor', async () => {
    const { name, range } = data.concepts[0]!;
    const once = (): void => model.counterfactual(images, { [name]: range[1] }).dispose();
    once();
    expect(await countTensors(once)).toBe(0);
  });
}

interface Watched {
  readonly latents: tf.Tensor;
  /** Unit labels after do(); null where latents were moved without them. */
  readonly labels: tf.Tensor2D | null;
}

/** Runs a counterfactual and tells the latents it decoded and the labels it moved to. */
function watched(model: ConceptModel, images: tf.Tensor4D, done: Done): Watched {
  const { mechanisms } = model;
  const decode = model.decode.bind(model) as (z: never) => tf.Tensor4D;
  const propagate = mechanisms.propagate.bind(mechanisms);
  const seen: { latents?: tf.Tensor; labels?: tf.Tensor2D } = {};
  Object.assign(model, {
    decode(z: { latents: tf.Tensor }) {
      seen.latents = tf.keep(z.latents.clone());
      return decode(z as never);
    },
  });
  Object.assign(mechanisms, {
    propagate(unit: tf.Tensor2D, amounts: never) {
      const after = propagate(unit, amounts);
      seen.labels = tf.keep(after.clone());
      return after;
    },
  });
  try {
    model.counterfactual(images, done).dispose();
    return { latents: seen.latents!, labels: seen.labels ?? null };
  } finally {
    delete (model as { decode?: unknown }).decode;
    delete (mechanisms as { propagate?: unknown }).propagate;
  }
}

/** One to three concepts set to values of theirs; continuous ones may be shifted. */
function interventions(data: ToyData): fc.Arbitrary<Done> {
  const one = data.concepts.map(({ name, kind, range: [low, high] }) => {
    const value =
      kind === 'continuous'
        ? fc.double({ min: low, max: high, noNaN: true })
        : fc.integer({ min: low, max: high });
    const amount: fc.Arbitrary<Done[string]> =
      kind === 'continuous'
        ? fc.oneof(
            value,
            value.map((shift) => ({ shift: shift / 4 })),
          )
        : value;
    return amount.map((v) => [name, v] as const);
  });
  return fc
    .tuple(
      fc.shuffledSubarray(
        data.concepts.map((_, j) => j),
        { minLength: 1 },
      ),
      ...one,
    )
    .map(([chosen, ...all]) => Object.fromEntries(chosen.map((j) => all[j]!)));
}

const indexOf = (data: ToyData, name: string): number =>
  data.concepts.findIndex((concept) => concept.name === name);

/** Targets and what they reach. */
function descendantsOf(
  graph: readonly (readonly number[])[],
  targets: readonly number[],
): Set<number> {
  const found = new Set(targets);
  for (const i of found) graph[i]!.forEach((w, j) => w !== 0 && found.add(j));
  return found;
}

/** Column j of [n, d] or [n, d, k]. */
const column = (t: tf.Tensor, j: number): number[] =>
  bitsOf(t.slice([0, j], [-1, 1]).reshape([-1]));
