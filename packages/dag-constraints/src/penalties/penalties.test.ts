import * as tf from '@tensorflow/tfjs';
import { createRng } from '@causal/random';
import { countTensors, numericGradient, useEngine } from '@causal/testing';
import fc from 'fast-check';
import type { Matrix } from '@causal/graph';
import { isAcyclic, randomDagWeights, relabel, singleCycle } from '../testing/graphs';
import { host } from './host';
import { isInDomain } from './domain';
import { DomainError } from './log-det';
import { noCurl } from './no-curl';
import { expTrace, logDet, polyTrace, spectralRadius, truncatedGeometric } from './penalties';
import type { PenaltyResult } from './penalty';

useEngine();

interface Case {
  readonly name: string;
  readonly host: (w: Matrix) => PenaltyResult;
  readonly tensor: (w: tf.Tensor2D) => tf.Scalar;
  /** The definition, straight from the power series, for small matrices. */
  readonly plain: (a: number[][]) => number;
  /** Relative accuracy of `plain`; default 1e-12. */
  readonly tolerance?: number;
  /** The definition in tf operations, for small W: its gradient is autodiff's. */
  readonly taped: (w: tf.Tensor2D) => tf.Scalar;
}

const product = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, v, k) => sum + v * b[k]![j]!, 0)));
const traceOf = (a: Matrix): number => a.reduce((sum, row, i) => sum + row[i]!, 0);
const square = (w: Matrix): number[][] => w.map((row) => row.map((v) => v * v));

/** Σ_k c(k) tr Aᵏ, k = 1 … terms. */
function series(a: number[][], terms: number, c: (k: number) => number): number {
  let power = a;
  let sum = 0;
  for (let k = 1; k <= terms; k++) {
    sum += c(k) * traceOf(power);
    power = product(power, a);
  }
  return sum;
}
const factorial = (k: number): number => (k <= 1 ? 1 : k * factorial(k - 1));
const choose = (d: number, k: number): number =>
  k === 0 ? 1 : (choose(d, k - 1) * (d - k + 1)) / k;

/** Σ_k c(k) tr (W∘W)ᵏ of operations that TensorFlow.js differentiates itself. */
const tapedSeries =
  (terms: (d: number) => number, c: (k: number, d: number) => number) =>
  (w: tf.Tensor2D): tf.Scalar => {
    const d = w.shape[0];
    const a = tf.mul(w, w);
    const identity = tf.eye(d);
    let power = a;
    let sum: tf.Tensor = tf.scalar(0);
    for (let k = 1; k <= terms(d); k++) {
      sum = tf.add(sum, tf.mul(c(k, d), tf.sum(tf.mul(power, identity))));
      power = tf.matMul(power, a);
    }
    return sum as tf.Scalar;
  };
/** ρ by power iteration, differentiated step by step. */
function tapedRadius(w: tf.Tensor2D): tf.Scalar {
  const a = tf.mul(w, w);
  let v: tf.Tensor = tf.ones([w.shape[0], 1]);
  let radius: tf.Tensor = tf.scalar(0);
  for (let k = 0; k < 40; k++) {
    const next = tf.matMul(a, v);
    radius = tf.div(tf.sum(next), tf.sum(v));
    v = tf.div(next, tf.sum(next));
  }
  return radius as tf.Scalar;
}

const cases: Case[] = [
  {
    name: 'expTrace',
    host: host.expTrace,
    tensor: expTrace,
    plain: (a) => series(a, 120, (k) => 1 / factorial(k)),
    taped: tapedSeries(
      () => 12,
      (k) => 1 / factorial(k),
    ),
  },
  {
    name: 'polyTrace',
    host: host.polyTrace,
    tensor: polyTrace,
    plain: (a) => series(a, a.length, (k) => choose(a.length, k) / a.length ** k),
    taped: tapedSeries(
      (d) => d,
      (k, d) => choose(d, k) / d ** k,
    ),
  },
  {
    name: 'truncatedGeometric',
    host: host.truncatedGeometric,
    tensor: truncatedGeometric,
    plain: (a) => series(a, a.length, () => 1),
    taped: tapedSeries(
      (d) => d,
      () => 1,
    ),
  },
  {
    // s large enough for every weight these tests draw, so that only the value is in question.
    name: 'logDet',
    host: (w) => host.logDet(w, { s: 1e3 }),
    tensor: (w) => logDet(w, { s: 1e3 }),
    plain: (a) =>
      series(
        a.map((row) => row.map((v) => v / 1e3)),
        60,
        (k) => 1 / k,
      ),
    taped: tapedSeries(
      () => 6,
      (k) => 1 / k / 1e3 ** k,
    ),
  },
  {
    name: 'spectralRadius',
    host: host.spectralRadius,
    tensor: spectralRadius,
    // (tr A^{kd})^{1/kd} → ρ; on a single cycle, whose d eigenvalues share the modulus, ÷ d first.
    plain: (a) => {
      const scale = Math.max(...a.flat());
      const k = 40 * a.length;
      const ring = a.every((row) => row.filter(Boolean).length === 1);
      const top = series(
        a.map((r) => r.map((v) => v / scale)),
        k,
        (i) => (i === k ? 1 : 0),
      );
      return scale * (top / (ring ? a.length : 1)) ** (1 / k);
    },
    tolerance: 1e-2,
    taped: tapedRadius,
  },
];

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe.each(cases)('$name', ({ host: onHost, tensor, plain, taped, tolerance = 1e-12 }) => {
  const joined = (w: Matrix): number => {
    const x = tf.tensor2d(w as number[][]);
    const h = tensor(x);
    const value = h.dataSync()[0]!;
    tf.dispose([x, h]);
    return value;
  };

  it('is exactly zero on DAGs, with zero gradient, whatever the weights', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(1e-150, 1, 1e6, 1e200),
        (seed, d, scale) => {
          const rng = createRng(seed);
          const w = randomDagWeights(d, rng, { weight: () => scale * rng.normal() });
          const { value, gradient } = onHost(w);
          expect(value).toBe(0);
          expect(gradient.flat().every((g) => g === 0)).toBe(true);
          if (scale === 1) expect(joined(w)).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is positive on every cyclic graph, and so is its float32 tensor', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: -60, max: 0 }).map((tenths) => tenths / 10),
        (seed, d, exponent) => {
          const rng = createRng(seed);
          const weight = (): number => 10 ** exponent * (rng.uniform() - 0.5);
          const w = randomDagWeights(d, rng, { weight });
          for (let extra = rng.int(4); extra >= 0; extra--) w[rng.int(d)]![rng.int(d)] = weight();
          const cyclic = !isAcyclic(w);
          expect(onHost(w).value > 0).toBe(cyclic);
          expect(joined(w) > 0).toBe(cyclic);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('sees single cycles to d = 50 with weights down to 1e-3, and far below', () => {
    for (const d of [1, 2, 3, 5, 10, 20, 30, 50]) {
      for (const weight of [1, 0.9, 0.1, 1e-2, 1e-3, 1e-10, 1e-170]) {
        const w = singleCycle(d, weight, createRng(d));
        expect(onHost(w).value).toBeGreaterThan(0);
        expect(
          joined(Math.fround(weight) === 0 ? singleCycle(d, 1e-30, createRng(d)) : w),
        ).toBeGreaterThan(0);
        w[0]!.fill(0); // break it
        expect(onHost(w).value).toBe(0);
        expect(joined(w)).toBe(0);
      }
    }
  });

  it('has full relative accuracy on long weak cycles', () => {
    for (const [d, weight] of [
      [10, 0.9],
      [20, 0.5],
      [30, 0.1],
      [50, 0.05],
      [50, 1.5],
    ] as const) {
      const w = singleCycle(d, weight, createRng(d));
      const expected = plain(square(w));
      expect(Math.abs(onHost(w).value / expected - 1)).toBeLessThan(tolerance);
    }
  });

  it('equals its definition', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 7 }), (seed, d) => {
        const rng = createRng(seed);
        const w = Array.from({ length: d }, () =>
          Array.from({ length: d }, () => 0.7 * rng.normal()),
        );
        const expected = plain(square(w));
        expect(Math.abs(onHost(w).value / expected - 1)).toBeLessThan(tolerance);
        expect(Math.abs(joined(w) / expected - 1)).toBeLessThan(Math.max(1e-4, tolerance));
      }),
    );
  });

  it('does not change under relabelling, and grows with |W|', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 12 }), (seed, d) => {
        const rng = createRng(seed);
        const w = Array.from({ length: d }, () =>
          Array.from({ length: d }, () => (rng.uniform() < 0.4 ? 0.5 * rng.normal() : 0)),
        );
        const { value } = onHost(w);
        const relabelled = onHost(relabel(w, rng.permutation(d))).value;
        expect(Math.abs(relabelled - value)).toBeLessThanOrEqual(1e-12 * value);
        const larger = w.map((row) => row.map((v) => v * (1 + rng.uniform())));
        expect(onHost(larger).value).toBeGreaterThanOrEqual(value);
        expect(onHost(w.map((row) => row.map((v) => -v))).value).toBe(value);
      }),
    );
  });

  it('has the gradient that finite differences give, on the host and on the tape', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), (seed, d) => {
        const rng = createRng(seed);
        const w = Array.from({ length: d }, () =>
          Array.from({ length: d }, () => 0.6 * rng.normal()),
        );
        const rows = (flat: Float64Array): number[][] =>
          w.map((_, i) => [...flat.subarray(i * d, i * d + d)]);
        const reference = numericGradient((flat) => onHost(rows(flat)).value, w.flat());
        const scale = Math.max(1, ...reference.map(Math.abs));
        onHost(w)
          .gradient.flat()
          .forEach((g, i) => expect(Math.abs(g - reference[i]!)).toBeLessThan(1e-6 * scale));
        const x = tf.tensor2d(w);
        const taped = tf.grad((v) => tensor(v as tf.Tensor2D).mul(3))(x);
        taped
          .dataSync()
          .forEach((g, i) => expect(Math.abs(g / 3 - reference[i]!)).toBeLessThan(1e-4 * scale));
        tf.dispose([x, taped]);
      }),
      { numRuns: 30 },
    );
  });

  it('has the gradient that autodiff gives for its definition', () => {
    for (const d of [2, 3, 5]) {
      // Positive and well apart from ±: power iteration converges in the steps it is given.
      const w = tf.tensor2d(createRng(d).fillUniform(new Float32Array(d * d), 0.2, 0.6), [d, d]);
      const ours = tf.grad((v) => tensor(v as tf.Tensor2D))(w);
      const theirs = tf.grad((v) => taped(v as tf.Tensor2D))(w);
      const [mine, reference] = [[...ours.dataSync()], [...theirs.dataSync()]];
      const scale = Math.max(...reference.map(Math.abs));
      expect(scale).toBeGreaterThan(0);
      mine.forEach((g, i) => expect(Math.abs(g - reference[i]!)).toBeLessThan(1e-4 * scale));
      tf.dispose([w, ours, theirs]);
    }
  });

  it('changes nothing of the caller’s and leaves no tensors', async () => {
    const w = [
      [0.1, 2, 0],
      [0, 0, 3],
      [1, 0, 0],
    ];
    const before = structuredClone(w);
    onHost(w);
    expect(w).toEqual(before);
    expect(await countTensors(() => joined(w))).toBe(0);
    expect(
      await countTensors(() =>
        tf.tidy(() => void tf.grad((v) => tensor(v as tf.Tensor2D))(tf.tensor2d(w))),
      ),
    ).toBe(0);
  });

  it('refuses what is not a finite square matrix, naming the place', () => {
    expect(() => onHost([[0, 1]])).toThrow(/row 0 has 2 entries/);
    expect(() => onHost([])).toThrow(/square/);
    expect(() =>
      onHost([
        [0, 1],
        [NaN, 0],
      ]),
    ).toThrow(/\[1\]\[0\] is NaN/);
    expect(() => tensor(tf.zeros([2, 3]))).toThrow(/\[2, 3\]/);
    expect(() =>
      tensor(
        tf.tensor2d([
          [0, Infinity],
          [1, 0],
        ]),
      ),
    ).toThrow(/\[0\]\[1\] is Infinity/);
  });

  it('refuses to overflow', () => {
    const rng = createRng(1);
    const huge = Array.from({ length: 100 }, () =>
      Array.from({ length: 100 }, () => 1e160 * rng.normal()),
    );
    expect(() => onHost(huge)).toThrow(/beyond float64|outside the domain/);
    expect(() =>
      joined([
        [0, 1e38],
        [1e38, 0],
      ]),
    ).toThrow(/beyond float(32|64)|outside the domain/);
  });
});

describe('expTrace in particular', () => {
  it('sees what scipy’s float64 expm gives as 0 (true h = 7.9e-21)', () => {
    // A single 15-cycle of weight² = .46: h = 15·.46¹⁵/15!.
    const { value } = host.expTrace(singleCycle(15, Math.sqrt(0.46), createRng(0)));
    expect(value).toBeCloseTo((15 * 0.46 ** 15) / factorial(15), 30);
  });
  it('refuses dense U(−2, 2) at d = 100 instead of returning Infinity', () => {
    const rng = createRng(3);
    const w = Array.from({ length: 100 }, () =>
      Array.from({ length: 100 }, () => 20 * rng.uniform() - 10),
    );
    expect(() => host.expTrace(w)).toThrow(/beyond float64/);
  });
});

describe('polyTrace in particular', () => {
  it('takes alpha and refuses a bad one', () => {
    const w = [
      [0, 2],
      [1, 0],
    ];
    // d = 2: tr(I + αA)² − 2 = 2α² a₁₂ a₂₁.
    expect(host.polyTrace(w, { alpha: 0.1 }).value).toBeCloseTo(2 * 0.01 * 4, 12);
    expect(() => host.polyTrace(w, { alpha: 0 })).toThrow(/alpha/);
  });
});

describe('logDet in particular', () => {
  it('is an error outside its domain, which isInDomain sees', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, d) => {
        const rng = createRng(seed);
        const w = Array.from({ length: d }, () => Array.from({ length: d }, () => rng.normal()));
        const radius = host.spectralRadius(w).value;
        for (const [s, inside] of [
          [radius * (1 + 1e-9), true],
          [radius * (1 - 1e-9), false],
        ] as const) {
          expect(isInDomain(w, { s })).toBe(inside);
          if (inside) expect(host.logDet(w, { s }).value).toBeGreaterThan(0);
          else expect(() => host.logDet(w, { s })).toThrow(DomainError);
        }
      }),
    );
    const x = tf.tensor2d([
      [0, 2],
      [1, 0],
    ]);
    expect(isInDomain(x)).toBe(false);
    expect(isInDomain(x, { s: 5 })).toBe(true);
    expect(() => logDet(x)).toThrow(DomainError);
    // A DAG is in every domain.
    expect(
      isInDomain([
        [0, 1e150],
        [0, 0],
      ]),
    ).toBe(true);
  });
});

describe('spectralRadius in particular', () => {
  it('is right on cycles of very unequal weights, where power iteration is not', () => {
    const w = singleCycle(6, 1, createRng(1));
    const row = w.findIndex((r) => r.some(Boolean));
    w[row] = w[row]!.map((v) => v * 1e-9);
    const { value } = host.spectralRadius(w);
    expect(Math.abs(value / (1e-9 ** 2) ** (1 / 6) - 1)).toBeLessThan(1e-10);
  });
  it('is the larger of two parts, with the gradient of that one', () => {
    const w = [
      [0, 2, 0, 0],
      [3, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 1, 0],
    ];
    const { value, gradient } = host.spectralRadius(w);
    expect(value).toBeCloseTo(6, 12);
    // ρ = |w₀₁ w₁₀|
    expect(gradient[0]![1]).toBeCloseTo(3, 12);
    expect(gradient[1]![0]).toBeCloseTo(2, 12);
    expect(gradient[2]!.concat(gradient[3]!).every((g) => g === 0)).toBe(true);
  });
});

describe('noCurl', () => {
  it('is a DAG for every strength and potential, and trains both', () => {
    const rng = createRng(2);
    const s = tf.tensor2d(rng.normals(49), [7, 7]);
    const p = tf.tensor1d(rng.normals(7));
    const w = noCurl(s, p);
    expect(host.expTrace(w.arraySync()).value).toBe(0);
    const [gs, gp] = tf.grads((a, b) =>
      noCurl(a as tf.Tensor2D, b as tf.Tensor1D)
        .square()
        .sum(),
    )([s, p]);
    expect(gs!.abs().sum().dataSync()[0]).toBeGreaterThan(0);
    expect(gp!.abs().sum().dataSync()[0]).toBeGreaterThan(0);
    expect(() => noCurl(s, tf.zeros([3]))).toThrow(/\[3\]/);
  });
  it('leaves no tensors', async () => {
    const s = tf.ones([3, 3]) as tf.Tensor2D;
    const p = tf.tensor1d([1, 2, 3]);
    expect(await countTensors(() => noCurl(s, p).dispose())).toBe(0);
  });
});
