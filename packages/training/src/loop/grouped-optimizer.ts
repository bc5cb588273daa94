import type { Optimizer, OptimizerState } from '@causal/backend';

/**
 * One optimiser for each group of parameters, as one: so that each group's gradients are clipped
 * together and apart from the others'.
 * @param groupOf The group of a parameter.
 * @param optimizers By group.
 */
export function groupedOptimizer(
  groupOf: (parameter: string) => string,
  optimizers: Readonly<Record<string, Optimizer>>,
): Optimizer {
  const entries = Object.entries(optimizers);
  const only = <T>(group: string, values: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => groupOf(name) === group));
  return {
    step(grads, params, options) {
      for (const [group, optimizer] of entries) {
        optimizer.step(only(group, grads), only(group, params), options);
      }
    },
    state() {
      const tensors: OptimizerState['tensors'] = {};
      const scalars: OptimizerState['scalars'] = {};
      for (const [group, optimizer] of entries) {
        const own = optimizer.state();
        for (const [name, tensor] of Object.entries(own.tensors))
          tensors[`${group}:${name}`] = tensor;
        for (const [name, value] of Object.entries(own.scalars))
          scalars[`${group}:${name}`] = value;
      }
      return { tensors, scalars };
    },
    restore({ tensors, scalars }) {
      const own = <T>(group: string, values: Record<string, T>): Record<string, T> =>
        Object.fromEntries(
          Object.entries(values)
            .filter(([name]) => name.startsWith(`${group}:`))
            .map(([name, value]) => [name.slice(group.length + 1), value]),
        );
      for (const [group, optimizer] of entries) {
        optimizer.restore({ tensors: own(group, tensors), scalars: own(group, scalars) });
      }
    },
    dispose: () => entries.forEach(([, optimizer]) => optimizer.dispose()),
  };
}
