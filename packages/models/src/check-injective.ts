import * as tf from '@tensorflow/tfjs';

/** A layer that breaks injectivity, and how. */
export interface InjectivityProblem {
  /** Name of the layer, and its class. */
  readonly layer: string;
  readonly kind: string;
  readonly reason: string;
}

/** Activations that send two numbers to one. */
const FLAT = new Set(['relu', 'relu6', 'hardSigmoid', 'softmax']);
const POOLS = /pooling|dropout|noise/i;

/**
 * The layers of a network that keep it from being injective, as Theorem 1 asks of a decoder (report
 * §3.2): activations that are flat somewhere (ReLU), layers that give fewer numbers than they take,
 * pooling, noise. Leaky ReLU, ELU, sigmoid, tanh and widening layers pass: such a layer is injective
 * unless its kernel has not full rank, which has probability 0 at a random start.
 *
 * @throws TypeError where it is no tf.LayersModel.
 * @returns An empty list where no layer breaks it.
 */
export function checkInjective(network: tf.LayersModel): InjectivityProblem[] {
  if (!(network instanceof tf.LayersModel)) {
    throw new TypeError('checkInjective: expected a tf.LayersModel.');
  }
  return network.layers.flatMap((layer) => {
    const kind = layer.getClassName();
    const told = (reason: string): InjectivityProblem => ({ layer: layer.name, kind, reason });
    const problems: InjectivityProblem[] = [];
    const config = layer.getConfig() as { activation?: string | { className?: string } };
    const { activation } = config;
    const name = typeof activation === 'string' ? activation : activation?.className;
    if (kind === 'ReLU' || (name !== undefined && FLAT.has(camel(name)))) {
      const which = kind === 'ReLU' ? 'ReLU' : name!;
      problems.push(told(`${which} is flat: different inputs give the same output`));
    }
    if (POOLS.test(kind)) problems.push(told('it throws values away'));
    else {
      const [inputs, outputs] = [sizeOf(layer.input), sizeOf(layer.output)];
      if (inputs !== null && outputs !== null && outputs < inputs) {
        problems.push(told(`it makes ${outputs} numbers of ${inputs}`));
      }
    }
    return problems;
  });
}

const camel = (name: string): string =>
  name.charAt(0).toLowerCase() + name.slice(1).replace(/_(\w)/g, (_, c: string) => c.toUpperCase());

/** Numbers of one row of a layer's tensor; null where it has several tensors or an unknown size. */
function sizeOf(tensor: tf.SymbolicTensor | tf.SymbolicTensor[]): number | null {
  if (Array.isArray(tensor)) return null;
  const sides = tensor.shape.slice(1);
  return sides.some((side) => side === null) ? null : sides.reduce((n: number, s) => n * s!, 1);
}
