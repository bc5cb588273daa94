import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { checkInjective } from './check-injective';

useEngine();

const { dense, leakyReLU, reLU, reshape, conv2d, maxPooling2d, dropout } = tf.layers;
const named = (...layers: tf.layers.Layer[]): string[] =>
  checkInjective(tf.sequential({ layers })).map(({ layer }) => layer);

describe('checkInjective', () => {
  it('passes widening layers with leaky ReLU, ELU, tanh, sigmoid', () => {
    const layers = [
      dense({ units: 6, inputShape: [4], activation: 'elu' }),
      leakyReLU(),
      dense({ units: 6, activation: 'tanh' }),
      dense({ units: 16, activation: 'sigmoid' }),
      reshape({ targetShape: [4, 4, 1] }),
    ];
    expect(named(...layers)).toEqual([]);
  });

  it('names what is flat, narrows, pools or throws away', () => {
    expect(named(dense({ units: 8, inputShape: [4], activation: 'relu', name: 'flat' }))).toEqual([
      'flat',
    ]);
    expect(named(dense({ units: 8, inputShape: [4] }), reLU({ name: 'rectify' }))).toEqual([
      'rectify',
    ]);
    expect(named(dense({ units: 3, inputShape: [4], name: 'narrow' }))).toEqual(['narrow']);
    expect(
      named(dense({ units: 4, inputShape: [4], activation: 'softmax', name: 'shares' })),
    ).toEqual(['shares']);
    const found = named(
      conv2d({ filters: 8, kernelSize: 3, padding: 'same', inputShape: [4, 4, 1] }),
      maxPooling2d({ poolSize: 2, name: 'pool' }),
      dropout({ rate: 0.5, name: 'drop' }),
    );
    expect(found).toEqual(['pool', 'drop']);
    // Both reasons of one layer are told.
    expect(named(dense({ units: 2, inputShape: [4], activation: 'relu', name: 'both' }))).toEqual([
      'both',
      'both',
    ]);
  });

  it('refuses what is no network', () => {
    expect(() => checkInjective({} as never)).toThrow(/LayersModel/);
  });
});
