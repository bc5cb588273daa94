import fc from 'fast-check';
import { exp, log } from './elementary';

/** ⌊x·2ᵇⁱᵗˢ⌋ of a double, exactly. */
const fixed = (x: number, bits: bigint): bigint => {
  const [high, shift] = [Math.trunc(x * 2 ** 52), bits - 52n];
  const low = x * 2 ** 52 - high;
  return (BigInt(high) << shift) + BigInt(Math.trunc(low * 2 ** 60)) * (1n << (shift - 60n));
};

const BITS = 200n;
const ONE = 1n << BITS;

/** eˣ by its Taylor series on 200 binary places, as a double. */
function exactExp(x: number): number {
  // Squared ten times over: the series runs on x/1024.
  const r = fixed(x, BITS) >> 10n;
  let term = ONE;
  let sum = ONE;
  for (let n = 1n; term !== 0n && n < 60n; n++) {
    term = (term * r) / (ONE * n);
    sum += term;
  }
  for (let k = 0; k < 10; k++) sum = (sum * sum) >> BITS;
  return Number(sum >> 100n) / 2 ** 100;
}

const ulps = (got: number, want: number): number =>
  Math.abs(got - want) / (2 ** -52 * Math.abs(want));

describe('exp and log from the four operations', () => {
  it('exp is within 1.1 ulp of the exact value', () => {
    fc.assert(
      fc.property(fc.double({ min: -20, max: 0, noNaN: true }), (x) => {
        expect(ulps(exp(x), exactExp(x))).toBeLessThan(1.1);
      }),
    );
    expect(exp(0)).toBe(1);
    expect(ulps(exp(1), Math.E)).toBeLessThan(1.1);
  });

  it('log is the inverse of the exact exp', () => {
    fc.assert(
      fc.property(fc.double({ min: -36, max: -1e-3, noNaN: true }), (y) => {
        // d(ln x) = dx/x: the rounding of x itself moves ln x by up to 2⁻⁵³.
        const x = exactExp(y);
        expect(Math.abs(log(x) - y)).toBeLessThan(2 ** -53 + 1.1 * 2 ** -52 * Math.abs(y));
      }),
    );
    expect(log(1)).toBe(0);
    expect(log(2)).toBe(Math.LN2);
    expect(log(0.5)).toBe(-Math.LN2);
  });

  it('agrees with Math.exp and Math.log to their own rounding', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -53, max: 1e6, noNaN: true }), (x) => {
        expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(2.3e-16 * Math.abs(Math.log(x)));
        expect(ulps(exp(-x / 2000), Math.exp(-x / 2000))).toBeLessThan(2.1);
      }),
    );
  });
});
