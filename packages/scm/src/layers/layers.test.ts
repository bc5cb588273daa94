import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { conceptMlp } from '../concept-mlp';
import { endogenous, exogenous } from '../linear';
import { gap } from '../testing';
import { GumbelMaskLayer } from './gumbel-mask-layer';
import { LinearScmLayer } from './linear-scm-layer';
import { MaskLayer } from './mask-layer';

useEngine();

const a = [
  [0, 0.5, -1],
  [0, 0, 0.7],
  [0, 0, 0],
];
const noise = () => tf.tensor3d(createRng(1).normals(4 * 3 * 2), [4, 3, 2]);

/** The model after going through its JSON and weights. */
async function savedAndLoaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const json = JSON.parse(
    JSON.stringify(artifacts!.modelTopology),
  ) as tf.io.ModelJSON['modelTopology'];
  return tf.loadLayersModel(tf.io.fromMemory({ ...artifacts!, modelTopology: json as object }));
}

describe('LinearScmLayer', () => {
  it('is endogenous, or exogenous, with the adjacency it holds', () => {
    tf.tidy(() => {
      const x = noise();
      const forward = new LinearScmLayer({ adjacency: a }).apply(x) as tf.Tensor;
      expect(gap(forward.dataSync(), endogenous(a, x).dataSync())).toBe(0);
      const back = new LinearScmLayer({ adjacency: a, direction: 'exogenous' }).apply(
        forward,
      ) as tf.Tensor;
      expect(gap(back.dataSync(), exogenous(a, forward as tf.Tensor3D).dataSync())).toBe(0);
    });
  });

  it('has a zero diagonal and no forbidden edge, whatever its weight holds', () => {
    tf.tidy(() => {
      const layer = new LinearScmLayer({
        allowed: [
          [1, 1, 0],
          [0, 1, 1],
          [0, 0, 1],
        ],
      });
      layer.build([null, 3]);
      layer.setWeights([tf.ones([3, 3])]);
      expect(layer.adjacency().arraySync()).toEqual([
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ]);
    });
  });

  it('learns the effect of a cause, and does not when fixed', async () => {
    const x = tf.tensor2d(createRng(2).normals(64 * 2), [64, 2]);
    const y = endogenous(
      [
        [0, 0.8],
        [0, 0],
      ],
      x,
    );
    const train = async (trainable: boolean) => {
      const model = tf.sequential();
      const layer = new LinearScmLayer({
        trainable,
        allowed: [
          [0, 1],
          [0, 0],
        ],
      });
      layer.build([null, 2]);
      model.add(tf.layers.inputLayer({ inputShape: [2] }));
      model.add(layer);
      if (trainable) {
        model.compile({ optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' });
        await model.fit(x, y, { epochs: 40, batchSize: 64, verbose: 0 });
      }
      return tf.tidy(() => layer.adjacency().arraySync()[0]![1]!);
    };
    expect(await train(true)).toBeCloseTo(0.8, 1);
    expect(await train(false)).toBe(0);
    expect(new LinearScmLayer({ trainable: false }).trainable).toBe(false);
    tf.dispose([x, y]);
  });
});

describe('MaskLayer', () => {
  it('is one network per concept: the batched product equals the loop', () => {
    tf.tidy(() => {
      const layer = new MaskLayer({ hidden: 5, seed: 3 });
      const x = noise();
      const out = layer.apply(x) as tf.Tensor3D;
      layer.setWeights(layer.getWeights().map((w, i) => tf.add(w, 0.01 * (i + 1))));
      const moved = layer.apply(x) as tf.Tensor3D;
      const [k1, b1, k2, b2] = layer.getWeights().map((w) => tf.unstack(w));
      const loop = tf
        .unstack(x, 1)
        .map((row, i) =>
          tf.add(
            tf.matMul(
              tf.elu(tf.add(tf.matMul(row as tf.Tensor2D, k1![i] as tf.Tensor2D), b1![i]!)),
              k2![i] as tf.Tensor2D,
            ),
            b2![i]!,
          ),
        );
      expect(gap(moved.dataSync(), tf.stack(loop, 1).dataSync())).toBeLessThan(1e-6);
      expect(out.shape).toEqual([4, 3, 2]);
      expect(layer.getWeights().map((w) => w.shape)).toEqual([
        [3, 2, 5],
        [3, 1, 5],
        [3, 5, 2],
        [3, 1, 2],
      ]);
    });
  });

  it('defaults to k → 32 → k with ELU, and takes labels [batch, d]', () => {
    tf.tidy(() => {
      const layer = new MaskLayer();
      const labels = tf.tensor2d(createRng(4).normals(6), [2, 3]);
      expect((layer.apply(labels) as tf.Tensor).shape).toEqual([2, 3]);
      expect(layer.getWeights()[0]!.shape).toEqual([3, 1, 32]);
      expect(layer.getConfig()).toMatchObject({ hidden: 32, activation: 'elu', seed: 0 });
    });
  });

  it('keeps concepts apart: a concept moves its own output only', () => {
    tf.tidy(() => {
      const layer = new MaskLayer();
      const x = noise();
      const before = tf.unstack(layer.apply(x) as tf.Tensor3D, 1);
      const bump = tf.tensor3d([0, 1, 0], [1, 3, 1]);
      const after = tf.unstack(layer.apply(tf.add(x, bump)) as tf.Tensor3D, 1);
      expect(after.map((row, i) => gap(row.dataSync(), before[i]!.dataSync()) > 1e-3)).toEqual([
        false,
        true,
        false,
      ]);
    });
  });

  it('starts the same from the same seed only', () => {
    tf.tidy(() => {
      const first = (seed: number) =>
        (new MaskLayer({ seed }).apply(noise()) as tf.Tensor).dataSync();
      expect(first(1)).toEqual(first(1));
      expect(gap(first(1), first(2))).toBeGreaterThan(1e-3);
    });
  });
});

describe('GumbelMaskLayer', () => {
  const masked = (logits: number[][], x: tf.Tensor3D) => {
    const layer = new GumbelMaskLayer({ hidden: 5, seed: 3 });
    layer.build([null, 3, 2]);
    const [, ...others] = layer.getWeights();
    layer.setWeights([tf.tensor2d(logits), ...others.map((w, i) => tf.add(w, 0.01 * i))]);
    return { layer, out: layer.apply(x) as tf.Tensor3D };
  };

  it('is one network per child on the masked concepts: the one product equals the loop', () => {
    tf.tidy(() => {
      const x = noise();
      const logits = [
        [9, 0.1, -0.2],
        [0.05, 9, 0.3],
        [0, -0.1, 9],
      ];
      const { layer, out } = masked(logits, x);
      const mask = layer.mask();
      const [, k1, b1, k2, b2] = layer.getWeights();
      const loop = [0, 1, 2].map((child) => {
        const column = tf.slice(mask, [0, child], [3, 1]);
        const input = tf.reshape(tf.mul(x, tf.reshape(column, [1, 3, 1])), [4, 6]) as tf.Tensor2D;
        const kernel = tf.reshape(
          tf.slice(k1!, [0, 0, child, 0], [3, 2, 1, 5]),
          [6, 5],
        ) as tf.Tensor2D;
        const hidden = tf.elu(tf.add(tf.matMul(input, kernel), tf.unstack(b1!)[child]!));
        return tf.add(
          tf.matMul(hidden as tf.Tensor2D, tf.unstack(k2!)[child] as tf.Tensor2D),
          tf.unstack(b2!)[child]!,
        );
      });
      expect(gap(out.dataSync(), tf.stack(loop, 1).dataSync())).toBeLessThan(1e-6);
    });
  });

  it('a child sees its masked-in causes only, never itself', () => {
    tf.tidy(() => {
      const logits = [
        [50, 50, -50],
        [-50, 50, 50],
        [-50, -50, 50],
      ];
      const x = noise();
      const moved = tf.add(x, tf.tensor3d([1, 0, 0], [1, 3, 1])) as tf.Tensor3D;
      const before = tf.unstack(masked(logits, x).out, 1);
      const after = tf.unstack(masked(logits, moved).out, 1);
      expect(after.map((row, i) => gap(row.dataSync(), before[i]!.dataSync()) > 1e-3)).toEqual([
        false,
        true,
        false,
      ]);
    });
  });

  it('draws fresh noise in training only, and learns its logits', () => {
    tf.tidy(() => {
      const layer = new GumbelMaskLayer({ hidden: 3 });
      const x = noise();
      const run = (training: boolean) => (layer.apply(x, { training }) as tf.Tensor).dataSync();
      expect(run(false)).toEqual(run(false));
      expect(gap(run(true), run(true))).toBeGreaterThan(1e-4);
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.square(layer.apply(x) as tf.Tensor)) as tf.Scalar,
      );
      const logits = Object.entries(grads).find(([name]) => name.includes('logits'))![1];
      expect(Math.max(...logits.dataSync().map(Math.abs))).toBeGreaterThan(1e-4);
    });
    expect(() => new GumbelMaskLayer().mask()).toThrow(/apply the layer once/);
    expect(() => new GumbelMaskLayer({ hidden: 1.5 })).toThrow(/`hidden` must be an integer ≥ 1/);
  });
});

describe('saving', () => {
  it('gives the same outputs after loading', async () => {
    const model = tf.sequential();
    model.add(tf.layers.inputLayer({ inputShape: [3, 2] }));
    model.add(
      new LinearScmLayer({
        adjacency: a,
        allowed: [
          [0, 1, 1],
          [0, 0, 1],
          [0, 0, 0],
        ],
      }),
    );
    model.add(new MaskLayer({ hidden: 7, activation: 'tanh', seed: 9 }));
    model.add(new GumbelMaskLayer({ hidden: 4, temperature: 0.5, seed: 2 }));
    const loaded = await savedAndLoaded(model);
    tf.tidy(() => {
      const x = noise();
      expect(
        gap(
          (loaded.predict(x) as tf.Tensor).dataSync(),
          (model.predict(x) as tf.Tensor).dataSync(),
        ),
      ).toBe(0);
      expect(loaded.layers.map((layer) => layer.getClassName())).toEqual(
        expect.arrayContaining(['LinearScmLayer', 'MaskLayer', 'GumbelMaskLayer']),
      );
    });
  });

  it('leaves no tensors behind in use', async () => {
    const layer = new MaskLayer();
    const linear = new LinearScmLayer({ adjacency: a });
    const gumbel = new GumbelMaskLayer();
    const x = noise();
    const use = () =>
      tf.dispose([
        layer.apply(x) as tf.Tensor,
        linear.apply(x) as tf.Tensor,
        gumbel.apply(x, { training: true }) as tf.Tensor,
      ]);
    use();
    expect(await countTensors(use)).toBe(0);
    x.dispose();
  });
});

describe('at the door', () => {
  it('names wrong shapes and options', () => {
    tf.tidy(() => {
      expect(() => new LinearScmLayer({ adjacency: [[0]] }).apply(noise())).toThrow(
        /adjacency must be 3×3, got 1×1/,
      );
      expect(() => new LinearScmLayer({ direction: 'up' as 'exogenous' })).toThrow(
        /'endogenous', 'exogenous', got "up"/,
      );
      expect(() => new LinearScmLayer().adjacency()).toThrow(/apply the layer once/);
      expect(() => new MaskLayer({ hidden: 0 })).toThrow(/`hidden` must be an integer ≥ 1/);
      expect(() => new MaskLayer({ activation: 'gelu' as 'elu' }).apply(noise())).toThrow(
        /'linear', got "gelu"/,
      );
      expect(() => new MaskLayer().apply(tf.ones([2]))).toThrow(/\[batch, d\] or/);
      expect(() =>
        conceptMlp(tf.ones([2, 2, 2]) as tf.Tensor3D, {
          kernel1: tf.ones([3, 2, 1]),
          bias1: tf.ones([3, 1, 1]),
          kernel2: tf.ones([3, 1, 2]),
          bias2: tf.ones([3, 1, 2]),
        }),
      ).toThrow(/\[batch, 3, 2\]/);
    });
  });
});
