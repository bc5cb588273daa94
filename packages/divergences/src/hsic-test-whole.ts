import * as tf from '@tensorflow/tfjs';
import { standardise } from './distances';
import { gram } from './gram';
import { checkMeans, type BindKernel, type Pair, type Spectrum, type TestSums, type TestSumsOptions } from './hsic-test-sums'; // prettier-ignore

/** The sums from whole Gram matrices, computed once and held on the host; permutations permute indices. */
export async function wholeTestSums(
  samples: Pair,
  bind: BindKernel,
  { permutations, rng, afterPart }: TestSumsOptions,
): Promise<TestSums> {
  const n = samples[0].shape[0];
  const [k, l] = (await Promise.all([0, 1].map((v) => gramOf(samples, bind, v as 0 | 1)))) as [
    Float32Array,
    Float32Array,
  ];
  const [rowsK, rowsL] = [rowMeans(k, n), rowMeans(l, n)];
  const means = checkMeans([mean(rowsK), mean(rowsL)]);
  const centred = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const at = i * n + j;
      centred[at] = k[at]! - rowsK[i]! - rowsK[j]! + means[0];
    }
  }
  const spectra = [
    spectrumOf(n, (i, j) => centred[i * n + j]!),
    spectrumOf(n, (i, j) => l[i * n + j]! - rowsL[i]! - rowsL[j]! + means[1]),
  ] as const;
  const identity = Int32Array.from({ length: n }, (_, i) => i);
  const product = permutedSum(centred, l, identity, n);
  const permuted = new Float64Array(permutations);
  for (let q = 0; q < permutations; q++) {
    permuted[q] = permutedSum(centred, l, rng.permutation(n), n);
    await afterPart((q + 1) / permutations);
  }
  return { product, spectra, permuted };
}

function spectrumOf(n: number, at: (i: number, j: number) => number): Spectrum {
  const sums = { trace: 0, squares: 0, diagonal: 0 };
  for (let i = 0; i < n; i++) {
    const own = at(i, i);
    sums.trace += own;
    sums.diagonal += own * own;
    for (let j = 0; j < n; j++) sums.squares += at(i, j) ** 2;
  }
  return sums;
}

async function gramOf(samples: Pair, bind: BindKernel, v: 0 | 1): Promise<Float32Array> {
  const values = tf.tidy(() => {
    const bound = bind(v);
    const [points] = standardise([samples[v]], bound.unit) as [tf.Tensor2D];
    return gram(points, points, bound, false).value;
  });
  const data = await values.data<'float32'>();
  values.dispose();
  return data;
}

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;

function rowMeans(matrix: Float32Array, n: number): Float64Array {
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]!;
    means[i] = sum / n;
  }
  return means;
}

/** Σᵢⱼ K̃ᵢⱼ L[π(i), π(j)]; with K centred, L needs not be. Both are symmetric: half the pairs. */
function permutedSum(centred: Float64Array, l: Float32Array, order: Int32Array, n: number): number {
  let off = 0;
  let diagonal = 0;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const from = order[i]! * n;
    diagonal += centred[row + i]! * l[from + order[i]!]!;
    for (let j = 0; j < i; j++) off += centred[row + j]! * l[from + order[j]!]!;
  }
  return diagonal + 2 * off;
}
