import { createRng } from '@causal/random';
import { numericGradient } from '@causal/testing';
import { resolvePriorKnowledge } from '../prior-knowledge';
import { MaskedNetworks } from './mcsl';
import { hostSquares } from './mlp/host-squares';
import { initialParameters, type Shape } from './mlp/network';

const shape: Shape = { variables: 3, hidden: [4, 3], activation: 'leaky-relu' };
const names = ['a', 'b', 'c'];

function setUp() {
  const rng = createRng(1);
  const rows = 25;
  const constraints = resolvePriorKnowledge(
    { required: [['a', 'b']], forbidden: [['c', 'b']] },
    names,
    'test',
  );
  const squares = hostSquares(shape, { rows, byColumn: rng.fillNormal(new Float64Array(75)) });
  const networks = new MaskedNetworks(shape, squares, constraints, 0.5);
  const theta = Float64Array.of(
    ...rng.fillNormal(new Float64Array(9)),
    ...initialParameters(shape, rng, new Uint8Array(9)),
  );
  return { networks, theta, noise: rng.fillNormal(new Float64Array(9)), rows };
}

describe('MaskedNetworks', () => {
  it('masks by probability, but for what is known', () => {
    const { networks, theta, noise } = setUp();
    const mask = networks.mask(theta, noise);
    // Required: a → b. Forbidden: c → b, b → a (against the required edge) and the diagonal.
    expect([mask[0], mask[1], mask[3], mask[4], mask[7], mask[8]]).toEqual([0, 1, 0, 0, 0, 0]);
    expect(mask[2]).toBeCloseTo(1 / (1 + Math.exp(-(theta[2]! + noise[2]!) / 0.5)), 12);
  });

  it('has the gradient of its objective, through mask, networks and penalty', () => {
    const { networks, theta, noise, rows } = setUp();
    const terms = { rows, lambda1: 0.2, alpha: 0.7, rho: 3 };
    const gradient = new Float64Array(theta.length);
    networks.objective(theta, noise, gradient, terms);
    const reference = numericGradient(
      (at) => networks.objective(at, noise, new Float64Array(theta.length), terms),
      theta,
    );
    gradient.forEach((g, at) => expect(Math.abs(g - reference[at]!)).toBeLessThan(1e-6));
    expect(gradient.slice(0, 9).filter((g) => g !== 0)).toHaveLength(3); // a → c, b → c, c → a
  });
});
