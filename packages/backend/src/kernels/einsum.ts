import * as tf from '@tensorflow/tfjs';
import type { KernelDefinition } from './registry';

/** Sums out the labels that occur in one operand only and not in the result. */
function sumAlone(x: tf.Tensor, labels: string, elsewhere: string): [tf.Tensor, string] {
  const alone = [...labels].map((_, i) => i).filter((i) => !elsewhere.includes(labels[i]!));
  if (alone.length === 0) return [x, labels];
  return [tf.sum(x, alone), [...labels].filter((_, i) => !alone.includes(i)).join('')];
}

/** Permutes axes from one order of labels to another. */
function order(x: tf.Tensor, from: string, to: string): tf.Tensor {
  return from === to
    ? x
    : tf.transpose(
        x,
        [...to].map((label) => from.indexOf(label)),
      );
}

/**
 * Einstein sums of one or two operands, as one batched matrix product. Like tfjs elsewhere: an
 * explicit result, no label twice in an operand.
 */
function einsum(equation: string, operands: readonly tf.Tensor[]): tf.Tensor {
  const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(
    equation.replace(/\s/g, ''),
    operands.length,
  );
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, operands as tf.Tensor[]);
  const result = allDims.slice(0, allDims.length - summedDims.length).join('');
  const labels = idDims.map((ids) => ids.map((id) => allDims[id]!).join(''));
  if (operands.length === 1) {
    const [x, left] = sumAlone(operands[0]!, labels[0]!, result);
    return order(x, left, result);
  }
  const [a, inA] = sumAlone(operands[0]!, labels[0]!, labels[1]! + result);
  const [b, inB] = sumAlone(operands[1]!, labels[1]!, labels[0]! + result);
  const size = (group: readonly string[]): number =>
    group.reduce(
      (n, l) => n * (inA.includes(l) ? a.shape[inA.indexOf(l)]! : b.shape[inB.indexOf(l)]!),
      1,
    );
  const batch = [...result].filter((l) => inA.includes(l) && inB.includes(l));
  const rows = [...result].filter((l) => inA.includes(l) && !inB.includes(l));
  const columns = [...result].filter((l) => !inA.includes(l) && inB.includes(l));
  const inner = [...inA].filter((l) => inB.includes(l) && !result.includes(l));
  const left = order(a, inA, [...batch, ...rows, ...inner].join(''));
  const right = order(b, inB, [...batch, ...inner, ...columns].join(''));
  const product = tf.matMul(
    tf.reshape(left, [size(batch), size(rows), size(inner)]),
    tf.reshape(right, [size(batch), size(inner), size(columns)]),
  );
  const made = [...batch, ...rows, ...columns];
  const shaped = tf.reshape(
    product,
    made.map((l) => size([l])),
  );
  return order(shaped, made.join(''), result);
}

export const einsumKernel: KernelDefinition = {
  name: 'Einsum',
  run({ inputs, attrs }) {
    const operands = Object.values(inputs) as tf.Tensor[];
    return tf.tidy(() => {
      const floats = operands.map((x) => tf.cast(x, 'float32'));
      return tf.cast(einsum(attrs['equation'] as string, floats), operands[0]!.dtype);
    });
  },
};
