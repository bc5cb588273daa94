import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { weighTerms } from './terms';

useEngine();

describe('weighTerms', () => {
  const term = (value: number) => (): tf.Scalar => tf.scalar(value);

  it('is Σ weight · term, and leaves terms of weight 0 alone', () => {
    const never = (): tf.Scalar => {
      throw new Error('computed');
    };
    const { total, terms } = weighTerms(
      { a: term(2), b: term(-3), c: never },
      { a: 5, b: 0.5, c: 0 },
    );
    expect(total.dataSync()[0]).toBeCloseTo(8.5, 6);
    expect(Object.keys(terms)).toEqual(['a', 'b']);
    expect(terms['b']!.dataSync()[0]).toBe(-3); // as it is, not weighed
  });

  it('refuses terms and weights that do not fit, and an empty objective', () => {
    expect(() => weighTerms({ a: term(1) }, {})).toThrow(/without a weight: a/);
    expect(() => weighTerms({ a: term(1) }, { a: 1, b: 1 })).toThrow(/without a term: b/);
    expect(() => weighTerms({ a: term(1) }, { a: 0 })).toThrow(/nothing to minimise/);
  });
});
