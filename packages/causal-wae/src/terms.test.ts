// Every term of every recipe here against float64 loops written from the papers, on what a pass held.
import { randomProjections } from '@causal/divergences';
import type { ConceptPass, Pass } from '@causal/models';
import {
  conceptNetwork,
  cubeOf,
  elu,
  endogenousOf,
  fromParents,
  numberOf,
  recordPass,
  rowsOf,
  sigmoid,
  softplus,
  sum,
  toyPictures,
  useEngine,
  weightedMean,
} from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { CausalWAE, HsicVAE, SinkhornAutoencoder, WAE } from './index';
import {
  clean,
  crossCovariance,
  dhsicOf,
  hsicOf,
  mmdOf,
  sinkhornOf,
  slicedOf,
} from './test-support/reference';
import {
  causal,
  context,
  plain,
  ROWS,
  small,
  started,
  type Fitted,
} from './test-support/small-models';

useEngine();

const data = toyPictures();
type Room = {
  adjacency(): tf.Tensor2D;
  networks: { mask: { parameters(): Record<string, tf.Tensor> } };
};
type Batch = ReturnType<typeof data.batch> & { weights?: tf.Tensor1D };

interface Told<P> {
  readonly pass: P;
  readonly room: Room;
  readonly terms: Record<string, number>;
  readonly total: number;
}
/** The terms of a batch, and what they were computed from. */
function told<P extends Pass = ConceptPass>(
  model: Fitted,
  batch: Batch = data.batch('train', ROWS),
): Told<P> {
  const last = recordPass<P, Room>(model);
  const { total, terms } = model.loss(batch as never, context);
  const values = Object.fromEntries(Object.entries(terms).map(([name, t]) => [name, numberOf(t)]));
  return { ...last(), terms: values, total: numberOf(total) };
}

/** Relative to the larger of 1 and the value. */
const near = (value: number, expected: number, tolerance = 2e-4): void => {
  expect(Math.abs(value - expected)).toBeLessThan(tolerance * Math.max(1, Math.abs(expected)));
};
const squared = (a: readonly number[], b: readonly number[]): number =>
  sum(a.map((value, i) => (value - b[i]!) ** 2));
const flat = (t: tf.Tensor): number[][] => rowsOf(t.reshape([t.shape[0]!, -1]));
/** ‖x − G(z)‖² of each picture. */
const errors = ({ painted, target }: Pass): number[] => {
  const [a, b] = [flat(painted), flat(target)];
  return a.map((row, i) => squared(row, b[i]!));
};
const klRow = (mean: number[], logSigma: number[]): number =>
  sum(mean.map((m, i) => 0.5 * (m * m + Math.exp(2 * logSigma[i]!) - 1 - 2 * logSigma[i]!)));

describe('CausalWAE: z₂ of each variant', () => {
  const masks = ['identity', 'mlp'] as const;
  const variants = ['residual', 'full', 'equation8'] as const;
  it.each(variants.flatMap((variant) => masks.map((mask) => [variant, mask] as const)))(
    '%s with the mask layer %s',
    async (variant, maskLayer) => {
      const model = await started(causal(data, { variant, maskLayer }), data);
      const { pass, room } = told(model);
      const A = rowsOf(room.adjacency());
      const parameters = model.parameters();
      const gain = rowsOf(parameters['label-gain']!);
      const noise = cubeOf(pass.noise);
      const z2 = cubeOf(pass.latents);
      rowsOf(pass.unit).forEach((u, row) => {
        // g₁(u) = a·(2u − 1 + network(2u − 1))
        const centred = u.map((v) => [2 * v - 1]);
        const network = conceptNetwork(parameters, 'label-network/', centred);
        const g1 = network.map((own, i) => own.map((v, c) => gain[i]![c]! * (v + centred[i]![0]!)));
        const g2 = (z: number[][]): number[][] => {
          const parents = fromParents(A, z);
          if (maskLayer === 'identity') return parents;
          const scaled = parents.map((own) => own.map((v) => v / 3));
          return conceptNetwork(parameters, 'mask-layer/', scaled).map((own) =>
            own.map((v) => 3 * v),
          );
        };
        const epsilon = noise[row]!;
        const plus = (a: number[][], b: number[][]): number[][] =>
          a.map((own, i) => own.map((v, c) => v + b[i]![c]!));
        const z1 = variant === 'equation8' ? g1 : plus(endogenousOf(A, epsilon), g1);
        const own =
          variant === 'residual'
            ? z1.map((v, i) => v.map((x, c) => x - fromParents(A, z1)[i]![c]!))
            : epsilon;
        const expected = plus(g2(z1), own);
        expected.forEach((v, i) => v.forEach((x, c) => near(z2[row]![i]![c]!, x)));
      });
    },
  );
});

describe('CausalWAE: the pass', () => {
  it('the code is a draw of the posterior, decoded from z₂ ÷ gain and the free latents', async () => {
    const model = await started(causal(data), data);
    const { pass } = told(model);
    const normals = context.rng.split('noise').normals(8 * 7);
    const [mean, logSigma] = [pass.posterior.mean.dataSync(), pass.posterior.logSigma.dataSync()];
    pass.code
      .dataSync()
      .forEach((v, i) => near(v, mean[i]! + Math.exp(logSigma[i]!) * normals[i]!, 1e-5));
    const prior = context.rng.split('prior').fillNormal(new Float32Array(56), 0, 1);
    expect([...pass.prior.dataSync()]).toEqual([...prior]);
    const batch = data.batch('train', ROWS);
    const encoded = model.encode(batch.images, batch.labels);
    encoded.noise.dataSync().forEach((v, i) => near(v, flat(pass.noiseMean).flat()[i]!, 1e-5));
    const free = pass.code.slice([0, 6], [-1, 1]) as tf.Tensor2D;
    const painted = model.decode({ latents: pass.latents, free });
    painted.dataSync().forEach((v, i) => near(v, pass.painted.dataSync()[i]!, 1e-5));
    expect([...pass.target.dataSync()]).toEqual([...batch.images.dataSync()]);
  });
});

describe('CausalWAE: terms', () => {
  it.each(['mmd', 'gan', 'sinkhorn', 'sliced'] as const)('divergence: %s', async (divergence) => {
    const model = await started(
      causal(data, { divergence, projections: 6, discriminator: [5], epsilon: 0.7 }),
      data,
    );
    const { pass, terms } = told(model);
    const [code, prior] = [rowsOf(pass.code), rowsOf(pass.prior)];
    if (divergence === 'mmd') near(terms['divergence']!, mmdOf(code, prior));
    if (divergence === 'sinkhorn') near(terms['divergence']!, sinkhornOf(code, prior, 0.7), 5e-3);
    if (divergence === 'sliced') {
      const directions = rowsOf(randomProjections(6, 7, context.rng.split('slices')));
      near(terms['divergence']!, slicedOf(code, prior, directions));
    }
    if (divergence === 'gan') {
      const { adversary } = model;
      const logit = discriminatorOf(adversary!.parameters());
      near(terms['divergence']!, weightedMean(code.map((z) => softplus(-logit(z)))));
      const played = adversary!.loss({ code: pass.code, prior: pass.prior }, context);
      const expected =
        weightedMean(prior.map((z) => softplus(-logit(z)))) +
        weightedMean(code.map((z) => softplus(logit(z))));
      near(numberOf(played.total), expected);
      // What the loop hands on: the code of this step, and as many draws of the prior.
      const { carried } = model.loss(data.batch('train', ROWS) as never, context);
      expect([...carried!['code']!.dataSync()]).toEqual([...pass.code.dataSync()]);
      expect([...carried!['prior']!.dataSync()]).toEqual([...pass.prior.dataSync()]);
    } else expect(model.adversary).toBeUndefined();
  });

  it.each(['hsic', 'dhsic', 'cka'] as const)('independence: %s', async (independence) => {
    const { pass, terms } = told(await started(causal(data, { independence }), data));
    const [code, labels] = [rowsOf(pass.code), rowsOf(pass.unit)];
    const each = code[0]!.map((_, c) => code.map((row) => [row[c]!]));
    const expected = {
      hsic: () => hsicOf(code, labels) / Math.sqrt(hsicOf(code, code) * hsicOf(labels, labels)),
      dhsic: () => dhsicOf([labels, ...each]),
      cka: () =>
        crossCovariance(code, labels) /
        Math.sqrt(crossCovariance(code, code) * crossCovariance(labels, labels)),
    }[independence]();
    near(terms['independence']!, expected);
  });

  it('reconstruction, absolute, label, (2), (4), and their weighed sum', async () => {
    const weights = {
      reconstruction: 1.5, absolute: 0.3, label: 4, divergence: 0.5, independence: 0.2,
      labelConsistency: 2, consistency: 0.7,
    }; // prettier-ignore
    const model = await started(causal(data, { weights, maskLayer: 'mlp' }), data);
    const { pass, room, terms, total } = told(model);
    const values = 64;
    near(terms['reconstruction']!, weightedMean(errors(pass)) / values);
    const [painted, target] = [flat(pass.painted), flat(pass.target)];
    const absolute = painted.map((row, i) => sum(row.map((v, p) => Math.abs(v - target[i]![p]!))));
    near(terms['absolute']!, weightedMean(absolute) / values);
    const A = rowsOf(room.adjacency());
    const unit = rowsOf(pass.unit);
    const consistency = unit.map((u) => {
      const fitted = fromParents(
        A,
        u.map((v) => [v]),
      );
      return sum(u.map((v, j) => (j === 0 ? 0 : (v - sigmoid(fitted[j]![0]!)) ** 2)));
    });
    near(terms['labelConsistency']!, weightedMean(consistency));
    const parameters = model.parameters();
    const gain = rowsOf(parameters['label-gain']!);
    const scm = unit.map((u) => {
      const centred = u.map((v) => [2 * v - 1]);
      const z1 = conceptNetwork(parameters, 'label-network/', centred).map((own, i) =>
        own.map((v, c) => gain[i]![c]! * (v + centred[i]![0]!)),
      );
      const parents = fromParents(A, z1).map((own) => own.map((v) => v / 3));
      const explained = conceptNetwork(parameters, 'mask-layer/', parents);
      return sum(z1.flatMap((own, i) => own.map((v, c) => (v / 3 - explained[i]![c]!) ** 2))) / 6;
    });
    near(terms['consistency']!, weightedMean(scm));
    near(terms['label']!, labelErrorOf(model, rowsOf(pass.unit)));
    expect(Object.keys(terms).sort()).toEqual(Object.keys(weights).sort());
    near(total, sum(Object.entries(weights).map(([name, w]) => w * terms[name]!)));
  });

  it('(3) as λh + (c/2)h², of an A that is trained', async () => {
    const model = await started(causal(data, { graph: 'learn', adjacency: 'train' }), data);
    const A = [
      [0, 0.5, -0.4],
      [0.8, 0, 0.3],
      [0, -0.7, 0],
    ];
    tf.tidy(() => {
      model.parameters()['adjacency']!.assign(tf.tensor2d(A));
      model.buffers()['multipliers']!.assign(tf.tensor1d([1.7, 6]));
    });
    const { terms } = told(model);
    // tr (I + A∘A/3)³ − 3
    const m = A.map((row, i) => row.map((w, j) => Number(i === j) + (w * w) / 3));
    const times = (a: number[][], b: number[][]): number[][] =>
      a.map((row) => b[0]!.map((_, j) => sum(row.map((v, k) => v * b[k]![j]!))));
    const cube = times(times(m, m), m);
    const h = sum(cube.map((row, i) => row[i]!)) - 3;
    expect(h).toBeGreaterThan(0.1);
    near(terms['acyclicity']!, 1.7 * h + 3 * h * h);
  });

  it('row weights: 0 is as absent, a common factor is nothing, in every mean over rows', async () => {
    const weights = { labelConsistency: 1, consistency: 1, divergence: 0, independence: 0 };
    const model = await started(causal(data, { weights, maskLayer: 'mlp' }), data);
    const batch = data.batch('train', ROWS);
    const w = [1, 2, 0, 0.5, 3, 1, 0, 1.5];
    const weighed = (factor: number): Batch => ({
      ...batch,
      weights: tf.tensor1d(w.map((v) => v * factor)),
    });
    const one = told(model, weighed(1));
    const other = told(model, weighed(7));
    for (const [name, value] of Object.entries(one.terms)) near(other.terms[name]!, value, 1e-5);
    near(one.terms['reconstruction']!, weightedMean(errors(one.pass), w) / 64);
    expect(Math.abs(one.total - told(model, batch).total)).toBeGreaterThan(1e-4);
    // Rows of weight 0 may hold anything: other pictures, other labels, none.
    const changed = data.batch('train', [0, 1, 20, 3, 4, 5, 21, 7]);
    const labels = rowsOf(changed.labels).map((row, i) => (i === 6 ? row.map(() => NaN) : row));
    const absent = told(model, {
      ...changed,
      labels: tf.tensor2d(labels),
      weights: tf.tensor1d(w),
    });
    for (const [name, value] of Object.entries(one.terms)) near(absent.terms[name]!, value, 1e-5);
  });
});

describe('missing labels and labels of every kind', () => {
  const mixed = toyPictures({ kind: 'mixed', missing: true });
  it('are read by the head and count in no error', async () => {
    const model = await started(
      new CausalWAE({ data: mixed, graph: mixed.graph, decoder: 'joint', ...small }),
      mixed,
    );
    const batch = mixed.batch('train', ROWS);
    const { pass, terms } = told(model, batch);
    const given = rowsOf(batch.labels);
    expect(given.flat().filter(Number.isNaN).length).toBe(2);
    const head = headOf(model, batch.images);
    const widths = [1, 1, 3, 3];
    let [total, present] = [0, 0];
    given.forEach((row, r) => {
      let at = 0;
      row.forEach((native, j) => {
        const scores = head[r]!.slice(at, (at += widths[j]!));
        const read = [
          scores[0]!,
          Number(scores[0]! > 0),
          scores.indexOf(Math.max(...scores)) / 2,
          scores.filter((s) => s > 0).length / 3,
        ][j]!;
        const known = j === 0 ? (native + 30) / 80 : native / [1, 1, 2, 3][j]!;
        near(rowsOf(pass.unit)[r]![j]!, Number.isNaN(native) ? read : known, 1e-5);
        if (Number.isNaN(native)) return;
        present++;
        total += [
          () => (scores[0]! - known) ** 2,
          () => softplus(native === 1 ? -scores[0]! : scores[0]!),
          () => Math.log(sum(scores.map(Math.exp))) - scores[native]!,
          () => sum(scores.map((s, c) => softplus(native > c ? -s : s))),
        ][j]!();
      });
    });
    near(terms['label']!, total / present);
    // What networks see: categories one-hot.
    expect(pass.labels.shape).toEqual([8, 6]);
    rowsOf(pass.labels).forEach((seen, r) => {
      const u = rowsOf(pass.unit)[r]!;
      const hue = Math.round(2 * u[2]!);
      [u[0]!, u[1]!, ...[0, 1, 2].map((c) => Number(c === hue)), u[3]!].forEach((v, i) =>
        near(seen[i]!, v, 1e-6),
      );
    });
  });
});

describe('WAE', () => {
  it.each(['mmd', 'gan', 'sinkhorn', 'sliced'] as const)('with %s', async (divergence) => {
    const stochastic = divergence === 'mmd';
    const model = await started(
      new WAE({
        data,
        ...plain,
        divergence,
        lambda: 3,
        discriminator: [4],
        projections: 5,
        stochastic,
      }),
      data,
    );
    const { pass, terms, total } = told<Pass>(model);
    const [code, prior] = [rowsOf(pass.code), rowsOf(pass.prior)];
    const expected = {
      mmd: () => mmdOf(code, prior),
      sinkhorn: () => sinkhornOf(code, prior, 1),
      sliced: () =>
        slicedOf(code, prior, rowsOf(randomProjections(5, 3, context.rng.split('slices')))),
      gan: () =>
        weightedMean(code.map((z) => softplus(-discriminatorOf(model.adversary!.parameters())(z)))),
    }[divergence]();
    near(terms['divergence']!, expected, divergence === 'sinkhorn' ? 5e-3 : 2e-4);
    near(terms['reconstruction']!, weightedMean(errors(pass)));
    near(total, terms['reconstruction']! + 3 * terms['divergence']!);
    const moved = squared(code.flat(), rowsOf(pass.posterior.mean).flat());
    if (stochastic) expect(moved).toBeGreaterThan(0.1);
    else expect(moved).toBe(0);
  });
});

describe('SinkhornAutoencoder', () => {
  it.each(['samples', 'gaussian', 'sphere'] as const)('matching %s', async (match) => {
    const model = await started(
      new SinkhornAutoencoder({ data, ...plain, latentSize: 2, match, lambda: 3, epsilon: 0.4 }),
      data,
    );
    const { pass, terms, total } = told<Pass>(model);
    const [code, prior] = [rowsOf(pass.code), rowsOf(pass.prior)];
    if (match === 'gaussian') near(terms['transport']!, planarW2(code), 1e-3);
    else near(terms['transport']!, sinkhornOf(code, prior, 0.4), 5e-3);
    for (const z of match === 'sphere' ? [...code, ...prior] : []) near(Math.hypot(...z), 1, 1e-5);
    near(terms['reconstruction']!, weightedMean(errors(pass)));
    near(total, terms['reconstruction']! + 3 * terms['transport']!);
  });
});

describe('HsicVAE', () => {
  it('is its objective', async () => {
    const weights = { reconstruction: 2, divergence: 0.5, independence: 30, label: 10 };
    const model = await started(
      new HsicVAE({ data, ...small, freeLatents: 2, outputVariance: 0.05, weights }),
      data,
    );
    const { pass, terms, total } = told(model);
    near(terms['reconstruction']!, weightedMean(errors(pass)) / 0.1);
    const [mean, logSigma] = [rowsOf(pass.posterior.mean), rowsOf(pass.posterior.logSigma)];
    near(terms['divergence']!, weightedMean(mean.map((m, i) => klRow(m, logSigma[i]!))));
    const free = rowsOf(pass.code).map((row) => row.slice(3));
    const u = rowsOf(pass.unit);
    near(terms['independence']!, hsicOf(free, u) / Math.sqrt(hsicOf(free, free) * hsicOf(u, u)));
    near(total, sum(Object.entries(weights).map(([name, w]) => w * terms[name]!)));
    // Decoded: the labels alone, and the free latents.
    const parameters = model.parameters();
    const gain = rowsOf(parameters['label-gain']!);
    u.forEach((row, r) => {
      const centred = row.map((v) => [2 * v - 1]);
      const z = conceptNetwork(parameters, 'label-network/', centred);
      z.forEach((own, i) =>
        near(cubeOf(pass.latents)[r]![i]![0]!, gain[i]![0]! * (own[0]! + centred[i]![0]!)),
      );
    });
    const w = [1, 2, 0, 0.5, 3, 1, 0, 1.5];
    const weighed = told(model, { ...data.batch('train', ROWS), weights: tf.tensor1d(w) });
    near(
      weighed.terms['divergence']!,
      weightedMean(
        mean.map((m, i) => klRow(m, logSigma[i]!)),
        w,
      ),
    );
  });
});

/** D(z) of a discriminator with one hidden layer, leaky ReLU of slope .2. */
function discriminatorOf(p: Record<string, tf.Tensor>): (z: number[]) => number {
  const [w0, w1] = [rowsOf(p['layer0/kernel']!), rowsOf(p['layer1/kernel']!)];
  const [b0, b1] = [[...p['layer0/bias']!.dataSync()], [...p['layer1/bias']!.dataSync()]];
  return (z) => {
    const hidden = b0.map((b, h) => b + sum(z.map((v, i) => v * w0[i]![h]!)));
    return b1[0]! + sum(hidden.map((h, i) => (h > 0 ? h : 0.2 * h) * w1[i]![0]!));
  };
}

/** The label head's outputs, by its weights on the features of the encoder's own layers. */
function headOf(model: Fitted, images: tf.Tensor4D): number[][] {
  const p = Object.fromEntries(
    Object.entries(model.parameters()).filter(([name]) => name.startsWith('encoder/')),
  ) as Record<string, tf.Variable>;
  const places = tf.tensor4d(
    Array.from({ length: 64 }, (_, i) => [
      (2 * (i % 8)) / 7 - 1,
      (2 * Math.floor(i / 8)) / 7 - 1,
    ]).flat(),
    [1, 8, 8, 2],
  );
  const filter = tf.concat(
    [p['encoder/network/conv-1/filter']!, p['encoder/network/places']!],
    2,
  ) as tf.Tensor4D;
  const all = tf.concat([images, places.tile([images.shape[0], 1, 1, 1])], 3) as tf.Tensor4D;
  const convolved = tf.conv2d(all, filter, 2, 'same').add(p['encoder/network/conv-1/bias']!);
  const layer = (x: number[][], name: string): number[][] => {
    const [w, b] = [rowsOf(p[`${name}/weight`]!), [...p[`${name}/bias`]!.dataSync()]];
    return x.map((row) => b.map((v, o) => v + sum(row.map((value, i) => value * w[i]![o]!))));
  };
  const features = layer(
    flat(convolved).map((row) => row.map(elu)),
    'encoder/network/dense',
  );
  return layer(
    features.map((row) => row.map(elu)),
    'encoder/label',
  );
}

/** Mean squared error of the label head on continuous labels that are all there. */
function labelErrorOf(model: Fitted, unit: number[][]): number {
  const head = headOf(model, data.batch('train', ROWS).images);
  return weightedMean(head.map((row, r) => squared(row, unit[r]!))) / unit[0]!.length;
}

/** W₂² between the Gaussian of a planar sample and N(0, I): √ of a 2 × 2 covariance in closed form. */
function planarW2(code: number[][]): number {
  const { mean, covariance } = clean(code);
  const [[a, b], [, c]] = covariance as [[number, number], [number, number]];
  const trace = a + c;
  const determinant = a * c - b * b;
  return (
    sum(mean.map((m) => m * m)) + trace + 2 - 2 * Math.sqrt(trace + 2 * Math.sqrt(determinant))
  );
}
