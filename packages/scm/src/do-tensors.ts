import * as tf from '@tensorflow/tfjs';
import type { CausalOrder } from './do-operator';
import {
  type Amount,
  amountPerRow,
  type Interventions,
  nameOf,
  type ResolvedIntervention,
  resolveInterventions,
} from './interventions';
import { checkTensor, type Concepts } from './linear';

/**
 * What a latent concept is set to or shifted by: a number, one number per row, or a tensor that
 * broadcasts to [batch] (for [batch, d]) or [batch, k] (for [batch, d, k]).
 */
export type LatentAmount = Amount | tf.Tensor;
export type LatentInterventions = Interventions<LatentAmount>;

/**
 * One concept from its causes: [batch] or [batch, k] from all latents, in which every cause already
 * has its value after do(). The caller adds the noise.
 */
export type LatentMechanism<T extends Concepts> = (node: number, latents: T) => tf.Tensor;

type Action = ResolvedIntervention<tf.Tensor>;

/** do() on latents of the linear model; see DoOperator.linear. */
export function doLinear<T extends Concepts>(
  graph: CausalOrder,
  latents: T,
  interventions: LatentInterventions,
): T {
  const operation = 'do(latents), linear';
  return tf.tidy(() => {
    const columns = unstackConcepts(latents, graph, operation);
    const actions = actionsOf(graph, latents, interventions, operation);
    const kept = [...columns];
    for (const node of graph.order) {
      const action = actions.get(node);
      if (action?.kind === 'set') {
        columns[node] = action.amount;
        continue;
      }
      // z′ − z obeys the same equations as z, without the noise.
      for (const parent of graph.parents[node]!) {
        if (columns[parent] === kept[parent]) continue;
        const change = tf.sub(columns[parent]!, kept[parent]!);
        columns[node] = tf.add(columns[node]!, tf.mul(change, graph.adjacency[parent]![node]!));
      }
      if (action !== undefined) columns[node] = tf.add(columns[node]!, action.amount);
    }
    return tf.stack(columns, 1) as T;
  });
}

/** do() on latents with mechanisms; see DoOperator.latents. */
export function doLatents<T extends Concepts>(
  graph: CausalOrder,
  latents: T,
  interventions: LatentInterventions,
  mechanism: LatentMechanism<T>,
): T {
  const operation = 'do(latents)';
  return tf.tidy(() => {
    const columns = unstackConcepts(latents, graph, operation);
    const actions = actionsOf(graph, latents, interventions, operation);
    const kept = [...columns];
    const shape = columns[0]?.shape ?? [];
    for (const node of graph.order) {
      const action = actions.get(node);
      if (action?.kind === 'set') {
        columns[node] = action.amount;
        continue;
      }
      if (graph.parents[node]!.some((parent) => columns[parent] !== kept[parent])) {
        const fresh = mechanism(node, tf.stack(columns, 1) as T);
        if (fresh.shape.join() !== shape.join()) {
          throw new RangeError(
            `${operation}: the mechanism of ${nameOf(node, graph.names)} gave [${fresh.shape.join(', ')}] instead of [${shape.join(', ')}].`,
          );
        }
        columns[node] = fresh;
      }
      if (action !== undefined) columns[node] = tf.add(columns[node]!, action.amount);
    }
    return tf.stack(columns, 1) as T;
  });
}

function unstackConcepts(latents: Concepts, graph: CausalOrder, operation: string): tf.Tensor[] {
  const d = graph.order.length;
  checkTensor(latents, 'latents', operation);
  if ((latents.rank !== 2 && latents.rank !== 3) || latents.shape[1] !== d) {
    throw new RangeError(
      `${operation}: expected [batch, ${d}] or [batch, ${d}, k], got [${latents.shape.join(', ')}].`,
    );
  }
  return tf.unstack(latents as tf.Tensor, 1);
}

function actionsOf(
  graph: CausalOrder,
  latents: Concepts,
  interventions: LatentInterventions,
  operation: string,
): Map<number, Action> {
  const shape = [latents.shape[0], ...latents.shape.slice(2)];
  const resolved = resolveInterventions(interventions, graph.names, graph.order.length, operation);
  return new Map(
    resolved.map(({ target, kind, amount }) => {
      const where = `${operation}, do(${nameOf(target, graph.names)})`;
      return [target, { target, kind, amount: amountTensor(amount, shape, where) }];
    }),
  );
}

function amountTensor(amount: LatentAmount, shape: number[], operation: string): tf.Tensor {
  if (amount instanceof tf.Tensor) {
    try {
      return tf.broadcastTo(amount, shape);
    } catch {
      throw new RangeError(
        `${operation}: a tensor [${amount.shape.join(', ')}] does not broadcast to [${shape.join(', ')}].`,
      );
    }
  }
  const rows = amountPerRow(amount, shape[0]!, operation);
  const column = tf.tensor(Float32Array.from(rows), [shape[0]!, ...shape.slice(1).map(() => 1)]);
  return tf.broadcastTo(column, shape);
}
