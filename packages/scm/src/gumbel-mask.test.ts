import { createRng } from '@causal/random';
import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { gumbelMask } from './gumbel-mask';
import { gap } from './testing';

useEngine();

describe('gumbelMask', () => {
  it('is an edge with probability σ(U) at any temperature, and has no self-loops', () => {
    const logits = [0, 1.5, -1, 0];
    const [count, on] = [4000, new Float64Array(4)];
    const rng = createRng(7);
    tf.tidy(() => {
      const u = tf.tensor2d(logits, [2, 2]);
      for (let i = 0; i < count; i++) {
        tf.tidy(() =>
          gumbelMask(u, { rng, temperature: 0.05 })
            .dataSync()
            .forEach((v, at) => (on[at]! += v > 0.5 ? 1 : 0)),
        );
      }
    });
    // σ((U + logistic)/τ) > ½ with probability σ(U). 5 standard errors: by chance less than 1 in 10⁶.
    for (const at of [1, 2]) {
      const p = 1 / (1 + Math.exp(-logits[at]!));
      expect(Math.abs(on[at]! / count - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / count));
    }
    expect([on[0], on[3]]).toEqual([0, 0]);
  });

  it('has the gradient of central differences with the noise held fixed', () => {
    const start = Float64Array.from(createRng(1).normals(9));
    const w = createRng(2).normals(9);
    const noise = () => createRng(3);
    const draws = Float64Array.from(
      { length: 9 },
      ((rng) => () => {
        const u = rng.uniform();
        return Math.log(u) - Math.log1p(-u);
      })(noise()),
    );
    const plain = (u: Float64Array) =>
      u.reduce(
        (s, v, at) => s + (at % 4 === 0 ? 0 : w[at]! / (1 + Math.exp(-(v + draws[at]!) / 0.7))),
        0,
      );
    tf.tidy(() => {
      const gradient = tf.grad((u: tf.Tensor) =>
        tf.sum(
          tf.mul(
            gumbelMask(u as tf.Tensor2D, { temperature: 0.7, rng: noise() }),
            tf.tensor2d(w, [3, 3]),
          ),
        ),
      )(tf.tensor2d(Float32Array.from(start), [3, 3]));
      expect(gap(gradient.dataSync(), numericGradient(plain, start))).toBeLessThan(1e-5);
    });
  });

  it('without noise is σ(U/τ); the same seed gives the same mask; nothing is left behind', async () => {
    const u = tf.tensor2d([
      [0, 0.4],
      [-0.4, 0],
    ]);
    const leak = await countTensors(() =>
      tf.tidy(() => {
        expect(
          gap(gumbelMask(u).dataSync(), [0, 1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(2)), 0]),
        ).toBeLessThan(1e-6);
        expect(gumbelMask(u, { seed: 4 }).dataSync()).toEqual(
          gumbelMask(u, { seed: 4 }).dataSync(),
        );
      }),
    );
    expect(leak).toBe(0);
    expect(() => gumbelMask(u, { temperature: 0 })).toThrow(/must be a finite number > 0, got 0/);
    expect(() => gumbelMask(tf.ones([2, 3]))).toThrow(/expected logits \[d, d\], got \[2, 3\]/);
    u.dispose();
  });
});
