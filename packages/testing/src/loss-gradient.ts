import * as tf from '@tensorflow/tfjs';

/** How far a loss is from its own gradient along one direction of one parameter. */
export interface SlopeError {
  readonly parameter: string;
  /** By the tape, and by central differences. */
  readonly tape: number;
  readonly differences: number;
}

/**
 * The slope of a loss along one direction of each parameter, by the tape and by central differences.
 * The direction leans to the tape's gradient, where the slope is large, and to a fixed irregular
 * vector, so that a part that the tape lacks is met as well.
 */
export function slopesOf(
  parameters: Readonly<Record<string, tf.Variable>>,
  loss: () => tf.Scalar,
  step = 4e-3,
): SlopeError[] {
  const value = (): number =>
    tf.tidy(() => loss().dataSync()[0]! as unknown as tf.TensorContainer) as unknown as number;
  const { grads, value: start } = tf.variableGrads(loss, Object.values(parameters));
  start.dispose();
  const found = Object.entries(parameters).map(([parameter, variable]): SlopeError => {
    const gradient = grads[variable.name]?.dataSync() ?? new Float32Array(variable.size);
    const own = unit(Float64Array.from(gradient));
    const other = unit(Float64Array.from(gradient, (_, i) => Math.sin(7.1 * i + 1)));
    const direction = unit(own.map((g, i) => g + other[i]!));
    const tape = direction.reduce((sum, v, i) => sum + v * gradient[i]!, 0);
    const kept = variable.dataSync().slice();
    const at = (h: number): number => {
      const moved = Float32Array.from(kept, (v, i) => v + h * direction[i]!);
      tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
      return value();
    };
    const differences = (at(step) - at(-step)) / (2 * step);
    at(0);
    return { parameter, tape, differences };
  });
  tf.dispose(grads);
  return found;
}

function unit(v: Float64Array): Float64Array {
  const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
  return norm > 0 ? v.map((x) => x / norm) : v;
}
