import { countTensors, numericGradient, useEngine } from '@causal/testing';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { normalRows, relativeError, scalarOf, tensor } from '../test-support/reference';
import {
  gaussianPrior,
  LatentDiscriminator,
  spherePrior,
  type LatentDiscriminatorOptions,
} from './index';

useEngine();

const prior = normalRows(6, 2, 'prior');
const codes = normalRows(6, 2, 'codes', { mean: 2, std: 0.5 });
const hidden = [5, 4];

/** The network in float64: its parameters in the order of `parameters()`, its input gradient. */
function plainNetwork(flat: ArrayLike<number>, z: readonly number[]) {
  const widths = [2, ...hidden, 1];
  let at = 0;
  const layers = widths.slice(1).map((out, l) => {
    const kernel = Array.from({ length: widths[l]! }, () =>
      Array.from({ length: out }, () => flat[at++]!),
    );
    return { kernel, bias: Array.from({ length: out }, () => flat[at++]!) };
  });
  let h: readonly number[] = z;
  let jacobian: number[][] = z.map((_, i) => z.map((__, j) => (i === j ? 1 : 0)));
  layers.forEach(({ kernel, bias }, l) => {
    const raw = bias.map((b, o) => h.reduce((s, v, i) => s + v * kernel[i]![o]!, b));
    const slope = raw.map((v) => (l === layers.length - 1 || v > 0 ? 1 : 0.2));
    jacobian = jacobian.map((row) =>
      bias.map((_, o) => slope[o]! * row.reduce((s, v, i) => s + v * kernel[i]![o]!, 0)),
    );
    h = raw.map((v, o) => v * slope[o]!);
  });
  return { logit: h[0]!, gradient: jacobian.map((row) => row[0]!) };
}

const softplus = (v: number) => Math.log1p(Math.exp(v));
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe.each(['none', 'r1', 'wgan-gp'] as const)('LatentDiscriminator, penalty %s', (penalty) => {
  it('loss and its gradient by the parameters, as a float64 network gives them', () => {
    const d = new LatentDiscriminator({ dimension: 2, hidden, penalty, seed: 3 });
    const parameters = Object.values(d.parameters());
    const flat = parameters.flatMap((v) => [...v.dataSync()]);
    const at = createRng(5).uniforms(6);
    const plain = (values: ArrayLike<number>) => {
      const network = (z: readonly number[]) => plainNetwork(values, z);
      const entropy =
        mean(prior.map((z) => softplus(-network(z).logit))) +
        mean(codes.map((z) => softplus(network(z).logit)));
      const square = (z: readonly number[]) => network(z).gradient.reduce((s, v) => s + v * v, 0);
      const midpoints = codes.map((z, i) => z.map((v, c) => v + at[i]! * (prior[i]![c]! - v)));
      if (penalty === 'r1') return entropy + 5 * mean(prior.map(square));
      if (penalty === 'none') return entropy;
      return entropy + 10 * mean(midpoints.map((z) => (Math.sqrt(square(z)) - 1) ** 2));
    };
    const [p, c] = [tensor(prior), tensor(codes)];
    const { value, grads } = tf.variableGrads(() => d.loss(p, c, createRng(5)), parameters);
    expect(relativeError(value.dataSync(), [plain(flat)])).toBeLessThan(1e-5);
    const found = parameters.flatMap((v) => [...grads[v.name]!.dataSync()]);
    expect(relativeError(found, numericGradient(plain, flat))).toBeLessThan(1e-4);
    tf.dispose([p, c, value, grads]);
    d.dispose();
  });

  it('learns to tell codes from the prior, tensors flat over 300 steps', async () => {
    const d = new LatentDiscriminator({ dimension: 2, hidden: [8, 8], penalty, seed: 1 });
    const [p, c] = [tensor(prior), tensor(codes)];
    const rng = createRng(9);
    const losses: number[] = [];
    const step = () => {
      const value = d.step(p, c, rng);
      losses.push(value.dataSync()[0]!);
      value.dispose();
    };
    step();
    const left = await countTensors(() => {
      for (let i = 0; i < 300; i++) step();
    });
    expect(left).toBe(0);
    expect(losses.at(-1)!).toBeLessThan(0.9 * losses[0]!);
    tf.dispose([p, c]);
    d.dispose();
  });
});

describe('LatentDiscriminator', () => {
  it('encoder loss pulls codes towards the prior', () => {
    const d = new LatentDiscriminator({ dimension: 2, hidden: [32], seed: 1 });
    const [p, c] = [tensor(prior), tensor(codes)];
    for (let i = 0; i < 100; i++) d.step(p, c).dispose();
    const before = scalarOf(() => d.encoderLoss(c));
    const moved = tf.tidy(() => {
      const gradient = tf.grad((z) => d.encoderLoss(z as tf.Tensor2D))(c);
      return tf.sub(c, tf.mul(gradient, 1)) as tf.Tensor2D;
    });
    expect(scalarOf(() => d.encoderLoss(moved))).toBeLessThan(before);
    tf.dispose([p, c, moved]);
    d.dispose();
  });

  it("adds log p(z) where asked, and refuses a prior that hasn't one", () => {
    const logPrior = gaussianPrior({ dimension: 2 });
    const [plain, trick] = [undefined, logPrior].map(
      (given) =>
        new LatentDiscriminator({ dimension: 2, hidden, ...(given && { logPrior: given }) }),
    ) as [LatentDiscriminator, LatentDiscriminator];
    const off = tf.tidy(() => {
      const z = tensor(codes);
      const expected = plain.logits(z).add(logPrior.logDensity!(z).reshape([-1, 1]));
      return tf.max(tf.abs(tf.sub(trick.logits(z), expected))).dataSync()[0]!;
    });
    expect(off).toBeLessThan(1e-5);
    plain.dispose();
    trick.dispose();
    const sphere = { dimension: 2, logPrior: spherePrior({ dimension: 2 }) };
    expect(() => new LatentDiscriminator(sphere)).toThrow(
      'logPrior must be a prior with a log density, got sphere',
    );
  });

  it('goes on from a saved state to the same numbers', () => {
    const make = () => new LatentDiscriminator({ dimension: 2, hidden, seed: 2 });
    const [first, second] = [make(), make()];
    const [p, c] = [tensor(prior), tensor(codes)];
    first.step(p, c).dispose();
    const target = second.parameters();
    for (const [name, variable] of Object.entries(first.parameters())) {
      target[name]!.assign(variable);
    }
    second.restoreOptimizer(first.optimizerState());
    first.step(p, c).dispose();
    second.step(p, c).dispose();
    expect(scalarOf(() => second.loss(p, c))).toBe(scalarOf(() => first.loss(p, c)));
    tf.dispose([p, c]);
    first.dispose();
    second.dispose();
  });

  it('lets go of all its tensors and says what is wrong', async () => {
    const make = (options: Partial<LatentDiscriminatorOptions> = {}) =>
      new LatentDiscriminator({ dimension: 2, hidden, ...options });
    const [p, c] = [tensor(prior), tensor(codes)];
    const left = await countTensors(() => {
      const d = make();
      d.step(p, c).dispose();
      d.dispose();
    });
    expect(left).toBe(0);
    const d = make({ penalty: 'wgan-gp' });
    expect(() => d.loss(p, c)).toThrow('needs an rng');
    const wide = tf.zeros([6, 3]) as tf.Tensor2D;
    expect(() => d.encoderLoss(wide)).toThrow('codes must have 2 columns');
    expect(() => d.loss(wide, c)).toThrow('prior must have 2 columns');
    expect(() => d.logits(wide)).toThrow('got 3');
    wide.dispose();
    expect(() => make({ logPrior: gaussianPrior({ dimension: 3 }) })).toThrow('dimension 2, got 3');
    expect(() => make({ penaltyWeight: -1 })).toThrow('`penaltyWeight` must be');
    expect(() => make({ hiden: [3] } as never)).toThrow('did you mean `hidden`');
    d.dispose();
    tf.dispose([p, c]);
  });

  it.each([
    [1, 1],
    [1e-20, 2],
    [1e20, 2],
    [1, 512],
  ])('codes and prior of scale %d, p = %s: finite with their gradients', (std, dimension) => {
    for (const rows of [1, 4]) {
      const [z, other] = ['z', 'prior'].map((seed) => tensor(normalRows(rows, dimension, seed, { std }))) as [tf.Tensor2D, tf.Tensor2D]; // prettier-ignore
      const constant = tf.zerosLike(z);
      for (const penalty of ['none', 'r1', 'wgan-gp'] as const) {
        const logPrior = gaussianPrior({ dimension });
        const d = new LatentDiscriminator({ dimension, hidden: [6], penalty, logPrior });
        for (const codes of [z, constant, other]) {
          const encoder = tf.valueAndGrad((v) => d.encoderLoss(v as tf.Tensor2D))(codes);
          const own = tf.variableGrads(() => d.loss(other, codes, createRng(1)));
          const found = [encoder.value, encoder.grad, own.value, ...Object.values(own.grads)];
          for (const t of found) expect(t.dataSync().every(Number.isFinite)).toBe(true);
          tf.dispose([encoder, own]);
        }
        d.dispose();
      }
      tf.dispose([z, other, constant]);
    }
  });
});
