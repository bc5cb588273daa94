import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import type { Batch, Concept, Dataset, Matrix, Split } from '../dataset';
import { faces } from '../faces/faces';
import { flow } from '../flow/flow';
import { pendulum } from '../pendulum/pendulum';
import { lookAtData } from './look-at-data';

useEngine();

/** As data from disk are: no drawing; labels or pictures may be changed. */
function asRead(
  data: Dataset,
  change: {
    labels?: (rows: Matrix) => Matrix;
    images?: (images: tf.Tensor4D) => tf.Tensor4D;
    concepts?: readonly Concept[];
  } = {},
): Dataset {
  const told = change.labels?.(data.labels('train')) ?? data.labels('train');
  const batch = async (split: Split, rows: readonly number[] | Int32Array): Promise<Batch> => {
    const { images, ...rest } = await data.batch(split, rows);
    const changed = change.images ? tf.tidy(() => change.images!(images)) : tf.clone(images);
    images.dispose();
    return { ...rest, images: changed };
  };
  return {
    name: data.name,
    concepts: change.concepts ?? data.concepts,
    graph: data.graph,
    imageShape: data.imageShape,
    size: (split) => data.size(split),
    labels: () => told,
    batch,
    batches: (split, options) => data.batches(split, options),
  };
}

const small = { size: 24, train: 400, test: 1 } as const;

describe('lookAtData', () => {
  // Fixed seeds: none of these can flicker.
  it('finds nothing wrong with the drawn data sets, drawn or as if read', async () => {
    for (const data of [
      pendulum(small),
      flow(small),
      faces({ ...small, concepts: 'beard', labels: 'binary' }),
    ]) {
      expect(await lookAtData(data)).toEqual({ warnings: [], unseen: [0, 0, 0, 0] });
      const read = await lookAtData(asRead(data), { pictures: 300 });
      expect(read.warnings).toEqual([]);
      read.unseen.forEach((p) => expect(p).toBeLessThan(0.01));
    }
  });

  it('names the concept that was cut off, and no other', async () => {
    const free = flow({ ...small, continuous: true });
    const hidden = { ...free.concepts[0]!, name: 'hidden' };
    const coin = createRng(5);
    const values = free.labels('train').map(() => coin.uniform());
    const data = asRead(free, {
      concepts: [...free.concepts, { ...hidden, range: [0, 1] }],
      labels: (rows) => rows.map((row, k) => [...row, values[k]!]),
    });
    const { warnings, unseen } = await lookAtData(data, { pictures: 300 });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("nothing is seen to change with 'hidden': is it cut off");
    expect(unseen.slice(0, 4).every((p) => p < 0.01)).toBe(true);
  });

  it('says so where drawings do not change, or all pictures are alike', async () => {
    const whole = pendulum(small);
    const blind = {
      ...whole,
      render: (rows: Matrix) => whole.render(rows.map((row) => [row[0]!, 1, row[2]!, row[3]!])),
    };
    expect((await lookAtData(blind)).warnings).toEqual([
      expect.stringContaining("No drawn picture changes with 'light'"),
    ]);
    const blank = asRead(whole, { images: (images) => tf.onesLike(images) });
    const { warnings, unseen } = await lookAtData(blank, { pictures: 50 });
    expect(warnings[0]).toBe('All 50 pictures that were looked at are alike.');
    expect(unseen).toEqual([1, 1, 1, 1]);
  });

  it('warns of labels that teach nothing', async () => {
    const data = asRead(pendulum(small), {
      labels: (rows) =>
        rows.map(([angle, , length, position], k) => [
          angle!,
          7,
          k % 3 === 0 ? length! : NaN,
          1.7e9 + position!,
        ]),
    });
    const { warnings, unseen } = await lookAtData(data, { pictures: 50 });
    expect(warnings).toEqual([
      expect.stringContaining("'light' is 7 in every training row"),
      expect.stringContaining("'length' is missing in 67 % of the training rows"),
      expect.stringMatching(/'position' varies by .* around 1.*take an offset off/),
    ]);
    expect(unseen.every(Number.isNaN)).toBe(true);
    const twice = asRead(pendulum(small), {
      labels: (rows) => rows.map(([a, l, s]) => [a!, l!, s!, 3 - 2 * a!]),
    });
    expect((await lookAtData(twice)).warnings[0]).toBe(
      "'angle' and 'position' always move together: what each of them does cannot be told apart.",
    );
    const few = asRead(pendulum({ ...small, train: 40 }));
    expect((await lookAtData(few)).warnings[0]).toContain('Only 40 of 40 training rows');
  });

  it('leaves no tensor behind, stops when told to, refuses wrong arguments', async () => {
    const data = pendulum(small);
    expect(await countTensors(() => lookAtData(asRead(data), { pictures: 40 }))).toBe(0);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(lookAtData(data, { signal })).rejects.toThrow('enough');
    await expect(lookAtData(data, { picture: 3 } as object)).rejects.toThrow('`pictures`');
    await expect(lookAtData(data, { pictures: 3 })).rejects.toThrow('`pictures` must be');
    await expect(lookAtData(undefined as never)).rejects.toThrow('`data` must be a data set');
  });
});
