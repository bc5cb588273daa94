import { combine, norm1 } from './combine';
import { firstNotFinite, scaleInPlace } from './elementwise';
import { luFactor, type LuFactors, luSolve } from './lu';
import { matMul } from './matmul';
import { spareHalvings } from './overscaling';

/**
 * Padé approximants of the exponential: degree, the largest ‖A‖₁ for which the approximant *and* its
 * derivative are exact to float64 (Al-Mohy & Higham 2009, table 6.1), and the coefficients.
 */
const PADE: readonly { readonly limit: number; readonly b: readonly number[] }[] = [
  { limit: 1.08e-2, b: [120, 60, 12, 1] },
  { limit: 2.0e-1, b: [30240, 15120, 3360, 420, 30, 1] },
  { limit: 7.83e-1, b: [17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1] },
  {
    limit: 1.78,
    b: [17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1],
  },
];
const LIMIT13 = 4.74;
const B13: readonly number[] = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000,
  10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
];

/** e^A with what its derivative needs. */
export interface Exponential {
  readonly n: number;
  /** e^A, row-major. */
  readonly value: Float64Array;
  /** The Fréchet derivative L(A, E): the change of e^A when A changes by E, to first order. */
  derivative(e: Float64Array): Float64Array;
}

/** A Padé approximant r = (V − U)⁻¹(V + U) and how (U, V) change with A. */
interface Approximant {
  readonly u: Float64Array;
  readonly v: Float64Array;
  derivative(e: Float64Array): { readonly u: Float64Array; readonly v: Float64Array };
}

/** Halvings from which on too many of them cost digits that can be seen. */
const SPARE_FROM = 4;

/**
 * e^A by scaling and squaring with the Padé approximant that the norm asks for (Higham 2005), and
 * its Fréchet derivative by differentiating those same steps (Al-Mohy & Higham 2009).
 * @throws RangeError if e^A exceeds float64.
 */
export function exponential(a: Float64Array, n: number, operation: string): Exponential {
  const norm = norm1(a, n);
  if (norm === Infinity) throw new RangeError(`${operation}: ‖A‖₁ exceeds float64; scale A down.`);
  const small = PADE.find(({ limit }) => norm <= limit);
  if (small !== undefined) return squared(a, n, padeSmall(a, n, small.b), 0, operation);
  const halvings = Math.max(0, Math.ceil(Math.log2(norm / LIMIT13)));
  const scaled = scaleInPlace(a.slice(), 2 ** -halvings);
  const powers = evenPowers(scaled, n);
  const exact = () => squared(a, n, pade13(scaled, n, powers), halvings, operation);
  if (halvings < SPARE_FROM) return exact();
  const spare = Math.min(halvings, spareHalvings(scaled, powers.a4, powers.a6, n));
  if (spare < SPARE_FROM) return exact();
  const factor = 2 ** spare;
  const larger = scaleInPlace(scaled.slice(), factor);
  const value = squared(
    a,
    n,
    pade13(larger, n, {
      a2: scaleInPlace(powers.a2.slice(), factor ** 2),
      a4: scaleInPlace(powers.a4.slice(), factor ** 4),
      a6: scaleInPlace(powers.a6.slice(), factor ** 6),
    }),
    halvings - spare,
    operation,
  ).value;
  // The derivative in any direction needs all the halvings: the powers of [A E; 0 A] are not small.
  let known: Exponential | undefined;
  return { n, value, derivative: (e) => (known ??= exact()).derivative(e) };
}

/** (V − U)⁻¹(V + U) squared so many times. */
function squared(
  a: Float64Array,
  n: number,
  pade: Approximant,
  squarings: number,
  operation: string,
): Exponential {
  const factors = luFactor(
    combine(n, [
      [1, pade.v],
      [-1, pade.u],
    ]),
    n,
  );
  const roots = [
    luSolve(
      factors,
      combine(n, [
        [1, pade.v],
        [1, pade.u],
      ]),
      n,
    ),
  ];
  for (let i = 0; i < squarings; i++) {
    const last = roots[i]!;
    if (firstNotFinite(last) >= 0) break;
    roots.push(matMul(last, last, n, n, n));
  }
  const value = roots[roots.length - 1]!;
  if (firstNotFinite(value) >= 0) {
    throw new RangeError(
      `${operation}: e^A exceeds float64 (‖A‖₁ = ${norm1(a, n).toPrecision(3)}); scale A down, for example by its spectral radius.`,
    );
  }
  return {
    n,
    value,
    derivative: (e) => differentiate(e, n, 2 ** -squarings, pade, factors, roots),
  };
}

function differentiate(
  e: Float64Array,
  n: number,
  scale: number,
  pade: Approximant,
  factors: LuFactors,
  roots: readonly Float64Array[],
): Float64Array {
  const d = pade.derivative(scale === 1 ? e : scaleInPlace(e.slice(), scale));
  const moved = matMul(
    combine(n, [
      [1, d.u],
      [-1, d.v],
    ]),
    roots[0]!,
    n,
    n,
    n,
  );
  let l = luSolve(
    factors,
    combine(n, [
      [1, d.u],
      [1, d.v],
      [1, moved],
    ]),
    n,
  );
  for (const root of roots.slice(0, -1)) {
    l = combine(n, [
      [1, matMul(root, l, n, n, n)],
      [1, matMul(l, root, n, n, n)],
    ]);
  }
  return l;
}

/** Degrees 3, 5, 7, 9: U = A·Σ b₂ₖ₊₁A²ᵏ, V = Σ b₂ₖA²ᵏ. */
function padeSmall(a: Float64Array, n: number, b: readonly number[]): Approximant {
  const times = (x: Float64Array, y: Float64Array) => matMul(x, y, n, n, n);
  const count = (b.length - 2) / 2; // the highest even power is 2·count
  const powers = [times(a, a)];
  while (powers.length < count) powers.push(times(powers[powers.length - 1]!, powers[0]!));
  const odd = combine(n, [[b[1]!], ...powers.map((x, k) => [b[2 * k + 3]!, x] as const)]);
  const v = combine(n, [[b[0]!], ...powers.map((x, k) => [b[2 * k + 2]!, x] as const)]);
  return {
    u: times(a, odd),
    v,
    derivative: (e) => {
      // dA²ᵏ⁺² = A²·dA²ᵏ + dA²·A²ᵏ
      const first = combine(n, [
        [1, times(a, e)],
        [1, times(e, a)],
      ]);
      const changes = [first];
      for (let k = 1; k < powers.length; k++) {
        changes.push(
          combine(n, [
            [1, times(powers[0]!, changes[k - 1]!)],
            [1, times(first, powers[k - 1]!)],
          ]),
        );
      }
      const dOdd = combine(
        n,
        changes.map((x, k) => [b[2 * k + 3]!, x] as const),
      );
      return {
        u: combine(n, [
          [1, times(a, dOdd)],
          [1, times(e, odd)],
        ]),
        v: combine(
          n,
          changes.map((x, k) => [b[2 * k + 2]!, x] as const),
        ),
      };
    },
  };
}

interface EvenPowers {
  readonly a2: Float64Array;
  readonly a4: Float64Array;
  readonly a6: Float64Array;
}

function evenPowers(a: Float64Array, n: number): EvenPowers {
  const a2 = matMul(a, a, n, n, n);
  const a4 = matMul(a2, a2, n, n, n);
  return { a2, a4, a6: matMul(a4, a2, n, n, n) };
}

/** Degree 13 in six products (Higham 2005, algorithm 2.3), three of them the even powers. */
function pade13(a: Float64Array, n: number, { a2, a4, a6 }: EvenPowers): Approximant {
  const b = B13;
  const times = (x: Float64Array, y: Float64Array) => matMul(x, y, n, n, n);
  const mix = (x6: Float64Array, x4: Float64Array, x2: Float64Array, at: number) =>
    [
      [b[at]!, x6],
      [b[at - 2]!, x4],
      [b[at - 4]!, x2],
    ] as const;
  const highOdd = combine(n, mix(a6, a4, a2, 13));
  const highEven = combine(n, mix(a6, a4, a2, 12));
  const odd = combine(n, [[1, times(a6, highOdd)], ...mix(a6, a4, a2, 7), [b[1]!]]);
  const v = combine(n, [[1, times(a6, highEven)], ...mix(a6, a4, a2, 6), [b[0]!]]);
  return {
    u: times(a, odd),
    v,
    derivative: (e) => {
      const d2 = combine(n, [
        [1, times(a, e)],
        [1, times(e, a)],
      ]);
      const d4 = combine(n, [
        [1, times(a2, d2)],
        [1, times(d2, a2)],
      ]);
      const d6 = combine(n, [
        [1, times(a4, d2)],
        [1, times(d4, a2)],
      ]);
      const dOdd = combine(n, [
        [1, times(a6, combine(n, mix(d6, d4, d2, 13)))],
        [1, times(d6, highOdd)],
        ...mix(d6, d4, d2, 7),
      ]);
      return {
        u: combine(n, [
          [1, times(a, dOdd)],
          [1, times(e, odd)],
        ]),
        v: combine(n, [
          [1, times(a6, combine(n, mix(d6, d4, d2, 12)))],
          [1, times(d6, highEven)],
          ...mix(d6, d4, d2, 6),
        ]),
      };
    },
  };
}
