import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { callPython } from './reading';

const COUNT = 1_000_000;

/** Millions a second, the best of 40 repetitions. */
function best(fill: () => void): number {
  let rate = 0;
  for (let k = 0; k < 40; k++) {
    const start = performance.now();
    fill();
    rate = Math.max(rate, COUNT / (performance.now() - start) / 1e3);
  }
  return rate;
}

/** Standard normals a second by `fillNormal`, tf.randomNormal and numpy, each on one thread. */
export function measureNormals(python: string | undefined): object {
  const rng = createRng(1);
  const single = new Float32Array(COUNT);
  const double = new Float64Array(COUNT);
  const result = {
    fillNormalFloat32: best(() => rng.fillNormal(single)),
    fillNormalFloat64: best(() => rng.fillNormal(double)),
    tfRandomNormal: best(() => tf.randomNormal([COUNT]).dispose()),
    ...(python === undefined ? {} : { peer: callPython(python, ['normals']) }),
  };
  console.log('normals, millions a second:', JSON.stringify(result));
  return result;
}
