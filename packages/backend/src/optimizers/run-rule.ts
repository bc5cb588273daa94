import { checkKeys, checkNumber, checkRecord } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { currentHotKernels } from '../kernels/registry';
import { addressOf } from '../wasm-backend';
import type { LearningRate, Optimizer, OptimizerOptions, OptimizerState } from './optimizer';
import type { Rule } from './rule';

const of = (rate: LearningRate, name: string): number =>
  typeof rate === 'number' ? rate : rate(name);

/** Names of {@link OptimizerOptions}. */
const SHARED_KEYS = ['learningRate', 'weightDecay', 'clipNorm'];

/** What other libraries call them. */
const OTHER_NAMES = {
  lr: 'learningRate',
  betas: 'beta1',
  eps: 'epsilon',
  alpha: 'decay',
  rho: 'decay',
  weight_decay: 'weightDecay',
  clipnorm: 'clipNorm',
};

/** Checks what every rule takes, and that there is nothing else but the rule's `own` options. */
export function checkOptions(
  rule: string,
  options: OptimizerOptions,
  own: readonly string[],
): void {
  checkKeys(options, [...SHARED_KEYS, ...own], rule, OTHER_NAMES);
  const { learningRate = 1e-3, weightDecay = 0, clipNorm } = options;
  checkRate(learningRate, 'learningRate', rule);
  checkRate(weightDecay, 'weightDecay', rule);
  if (clipNorm !== undefined) checkNumber(clipNorm, 'clipNorm', rule, { least: 0 });
}

/** A number ≥ 0, or a function that gives one by parameter name. */
function checkRate(rate: unknown, name: string, rule: string): void {
  if (typeof rate !== 'function') checkNumber(rate, name, rule, { least: 0 });
}

/** An optimiser from an update rule: slots by name, clipping, state; fused where the engine can. */
export function optimizerFrom(rule: Rule, options: OptimizerOptions): Optimizer {
  const { learningRate = 1e-3, weightDecay = 0, clipNorm } = options;
  const slots = new Map<string, tf.Tensor>();
  let steps = 0;

  const slotName = (slot: string, parameter: string): string => `${rule.name}/${slot}/${parameter}`;

  function slotsOf(parameter: string, shape: number[]): tf.Tensor[] {
    return rule.slots.map((slot) => {
      const name = slotName(slot, parameter);
      let tensor = slots.get(name);
      if (!tensor) {
        tensor = tf.keep(tf.zeros(shape));
        slots.set(name, tensor);
      } else if (!tf.util.arraysEqual(tensor.shape, shape)) {
        throw new Error(
          `${rule.name}: slot ${name} has shape [${tensor.shape}], its parameter [${shape}].`,
        );
      }
      return tensor;
    });
  }

  function clipFactor(gradients: readonly tf.Tensor[]): number {
    if (clipNorm === undefined) return 1;
    const norm = globalNorm(gradients);
    if (!Number.isFinite(norm)) {
      throw new RangeError(`${rule.name}: the gradients' norm is ${norm}; nothing was changed.`);
    }
    return norm > clipNorm ? clipNorm / norm : 1;
  }

  return {
    step(grads, params, options = {}) {
      checkKeys(options, ['learningRate'], `${rule.name}.step`, OTHER_NAMES);
      const { learningRate: rate = learningRate } = options;
      checkRate(rate, 'learningRate', `${rule.name}.step`);
      checkRecord(grads, 'gradients by parameter name', `${rule.name}.step`);
      checkRecord(params, 'parameters by name', `${rule.name}.step`);
      const names = Object.keys(grads).sort();
      for (const name of names) checkPair(rule.name, name, grads[name]!, params[name]);
      const gradientScale = clipFactor(names.map((name) => grads[name]!));
      steps++;
      for (const name of names) {
        const parameter = params[name]!;
        const lr = of(rate, name);
        const common = {
          learningRate: lr,
          keep: 1 - lr * (typeof weightDecay === 'number' ? weightDecay : weightDecay(name)),
          step: steps,
        };
        const own = slotsOf(name, parameter.shape);
        const engine = currentHotKernels();
        if (engine) {
          const { backend, hot } = engine;
          // A new value and not the old one changed in place: clones and views share its memory.
          const out = backend.makeOutput(parameter.shape, 'float32');
          rule.fused(hot, {
            ...common,
            value: addressOf(backend, parameter),
            gradient: addressOf(backend, grads[name]!),
            slots: own.map((t) => addressOf(backend, t)),
            out: addressOf(backend, out),
            size: parameter.size,
            gradientScale,
          });
          const value = tf.engine().makeTensorFromTensorInfo(out);
          parameter.assign(value);
          value.dispose();
        } else {
          tf.tidy(() => {
            const gradient = gradientScale === 1 ? grads[name]! : grads[name]!.mul(gradientScale);
            const next = rule.plain({ ...common, value: parameter, gradient, slots: own });
            parameter.assign(next.value);
            rule.slots.forEach((slot, i) => {
              own[i]!.dispose();
              slots.set(slotName(slot, name), tf.keep(next.slots[i]!));
            });
          });
        }
      }
    },
    state(): OptimizerState {
      return {
        tensors: Object.fromEntries(slots),
        scalars: { [`${rule.name}/steps`]: steps },
      };
    },
    restore(state: OptimizerState): void {
      const { tensors = {}, scalars } = state ?? {};
      const count = scalars?.[`${rule.name}/steps`];
      if (count === undefined || !Number.isInteger(count) || count < 0) {
        throw new TypeError(
          `${rule.name}.restore(state): expected scalars['${rule.name}/steps'], a whole number ≥ 0, ` +
            `got ${count}.`,
        );
      }
      const prefixes = rule.slots.map((slot) => `${rule.name}/${slot}/`);
      for (const name of Object.keys(tensors)) {
        if (!prefixes.some((prefix) => name.startsWith(prefix))) {
          throw new TypeError(
            `${rule.name}.restore(state): '${name}' is no slot of ${rule.name} ` +
              `(they begin with ${prefixes.join(', ')}).`,
          );
        }
      }
      for (const tensor of slots.values()) tensor.dispose();
      slots.clear();
      for (const [name, tensor] of Object.entries(tensors)) {
        // Numbers, not a clone: fused steps change slots in place.
        const copy = tf.tensor(tensor.dataSync().slice(), tensor.shape, 'float32');
        slots.set(name, tf.keep(copy));
      }
      steps = count;
    },
    dispose() {
      for (const tensor of slots.values()) tensor.dispose();
      slots.clear();
      steps = 0;
    },
  };
}

function checkPair(
  rule: string,
  name: string,
  gradient: tf.Tensor,
  parameter: tf.Variable | undefined,
): void {
  if (!parameter) throw new Error(`${rule}: gradient '${name}' has no parameter of that name.`);
  if (
    !tf.util.arraysEqual(gradient.shape, parameter.shape) ||
    gradient.dtype !== 'float32' ||
    parameter.dtype !== 'float32'
  ) {
    throw new Error(
      `${rule}: gradient '${name}' is ${gradient.dtype}[${gradient.shape}], its parameter ` +
        `${parameter.dtype}[${parameter.shape}]; both must be float32 of one shape.`,
    );
  }
}

/** Euclidean norm of all gradients together. */
function globalNorm(gradients: readonly tf.Tensor[]): number {
  const engine = currentHotKernels();
  let total = 0;
  for (const gradient of gradients) {
    if (engine) {
      total += engine.hot.sumSquares(addressOf(engine.backend, gradient), gradient.size);
    } else {
      const square = tf.tidy(() => tf.sum(tf.square(gradient)));
      total += square.dataSync()[0]!;
      square.dispose();
    }
  }
  return Math.sqrt(total);
}
