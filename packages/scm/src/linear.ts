import type { Matrix } from '@causal/graph';
import { inverse } from '@causal/linalg';
import { checkMatrix, show } from '@causal/options';
import * as tf from '@tensorflow/tfjs';

/** Concepts of one number each [batch, d], or of k numbers [batch, d, k]. */
export type Concepts = tf.Tensor2D | tf.Tensor3D;

/** An adjacency as rows of numbers or as a tensor [d, d]; A[i][j] ≠ 0 means i → j. */
export type Adjacency = Matrix | tf.Tensor2D;

/** @throws TypeError unless the value is a tensor. */
export function checkTensor(value: unknown, name: string, operation: string): void {
  if (value instanceof tf.Tensor) return;
  throw new TypeError(`${operation}: \`${name}\` must be a tensor, got ${show(value)}.`);
}

/** The adjacency as a tensor, checked to be d×d for concepts of this shape. Call it in a tidy. */
function adjacencyFor(
  adjacency: Adjacency,
  concepts: tf.Tensor,
  name: string,
  operation: string,
): tf.Tensor2D {
  checkTensor(concepts, name, operation);
  if (concepts.rank !== 2 && concepts.rank !== 3) {
    throw new RangeError(
      `${operation}: expected [batch, d] or [batch, d, k], got [${concepts.shape.join(', ')}].`,
    );
  }
  const d = concepts.shape[1]!;
  const a =
    adjacency instanceof tf.Tensor
      ? adjacency
      : tf.tensor2d(
          checkMatrix(adjacency, 'adjacency', operation).map((row) => [...row]),
          [adjacency.length, adjacency[0]?.length ?? 0],
        );
  if (a.rank !== 2 || a.shape[0] !== d || a.shape[1] !== d) {
    throw new RangeError(
      `${operation}: ${d} concepts need an adjacency [${d}, ${d}], got [${a.shape.join(', ')}].`,
    );
  }
  return a;
}

/**
 * x·M along the concept axis: out[b, j] = Σᵢ x[b, i] M[i, j], for each of the k components. One
 * product of [batch·k, d] with [d, d].
 */
function mix(x: Concepts, m: tf.Tensor2D): Concepts {
  if (x.rank === 2) return tf.matMul(x as tf.Tensor2D, m);
  const [batch, d, k] = (x as tf.Tensor3D).shape;
  const flat = tf.reshape(tf.transpose(x as tf.Tensor3D, [0, 2, 1]), [batch * k, d]);
  const mixed = tf.reshape(tf.matMul(flat, m), [batch, k, d]) as tf.Tensor3D;
  return tf.transpose(mixed, [0, 2, 1]);
}

/**
 * Aᵀz: for each concept the weighted sum of its parents, what a mask layer gets as input.
 *
 * @param adjacency [d, d].
 * @param z [batch, d] or [batch, d, k].
 * @returns The shape of z. Gradients flow to both.
 */
export function parentSum<T extends Concepts>(adjacency: Adjacency, z: T): T {
  return tf.tidy(() => mix(z, adjacencyFor(adjacency, z, 'z', 'parentSum(adjacency, z)'))) as T;
}

/**
 * The endogenous variables of a linear structural causal model, z = (I − Aᵀ)⁻¹ε, the solution of
 * z = Aᵀz + ε. The d×d system acts on the concept axis; the k components share it.
 *
 * The inverse is taken in float64. A need not be acyclic, only I − A invertible.
 *
 * @param adjacency [d, d], A[i][j] the effect of i on j.
 * @param noise The exogenous noise ε, [batch, d] or [batch, d, k].
 * @returns The shape of noise. Gradients flow to both.
 * @throws SingularMatrixError if I − A has no inverse; RangeError on other shapes.
 */
export function endogenous<T extends Concepts>(adjacency: Adjacency, noise: T): T {
  return tf.tidy(() => {
    const a = adjacencyFor(adjacency, noise, 'noise', 'endogenous(adjacency, noise)');
    return mix(noise, inverse(tf.sub<tf.Tensor2D>(tf.eye(a.shape[0]), a)));
  }) as T;
}

/**
 * The exogenous noise behind endogenous variables, ε = (I − Aᵀ)z: the inverse of
 * {@link endogenous}.
 *
 * @param adjacency [d, d].
 * @param z [batch, d] or [batch, d, k].
 * @returns The shape of z. Gradients flow to both.
 */
export function exogenous<T extends Concepts>(adjacency: Adjacency, z: T): T {
  return tf.tidy(() =>
    tf.sub(z, mix(z, adjacencyFor(adjacency, z, 'z', 'exogenous(adjacency, z)'))),
  ) as T;
}
