import * as fc from 'fast-check';
import { sinCos } from './trigonometry';

describe('sinCos', () => {
  it('agrees with Math.sin and Math.cos to the last bits', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e4, max: 1e4, noNaN: true }), (x) => {
        const [sin, cos] = sinCos(x);
        expect(Math.abs(sin - Math.sin(x))).toBeLessThan(2e-12 * Math.max(1e-3, Math.abs(x) / 1e3));
        expect(Math.abs(cos - Math.cos(x))).toBeLessThan(2e-12 * Math.max(1e-3, Math.abs(x) / 1e3));
      }),
    );
    for (let x = -7; x <= 7; x += 0.01) {
      expect(Math.abs(sinCos(x)[0] - Math.sin(x))).toBeLessThan(5e-16);
      expect(Math.abs(sinCos(x)[1] - Math.cos(x))).toBeLessThan(5e-16);
    }
  });
});
