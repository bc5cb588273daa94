import { createRng } from '@causal/random';
import fc from 'fast-check';
import type { Matrix } from './matrix';
import { descendants } from './paths';

/** A random digraph without self-loops, weights in ±[0.1, 2). */
export function randomDigraph(seed: number, d: number, density: number): number[][] {
  const rng = createRng(seed);
  return Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_, j) =>
      i !== j && rng.uniform() < density
        ? (rng.uniform() < 0.5 ? -1 : 1) * (0.1 + 1.9 * rng.uniform())
        : 0,
    ),
  );
}

/** A random DAG: a digraph cut to a random order. */
export function randomAcyclic(seed: number, d: number, density: number): number[][] {
  const place = createRng(seed).split('order').permutation(d);
  return randomDigraph(seed, d, density).map((row, i) =>
    row.map((w, j) => (place[i]! < place[j]! ? w : 0)),
  );
}

/** Node i of the graph becomes node order[i]. */
export function relabel(a: Matrix, order: ArrayLike<number>): number[][] {
  const out = a.map((row) => row.map(() => 0));
  a.forEach((row, i) => row.forEach((w, j) => (out[order[i]!]![order[j]!] = w)));
  return out;
}

/** Seed, number of nodes, density. */
export const graphs = (max: number) =>
  fc.record({
    seed: fc.integer(),
    d: fc.integer({ min: 1, max }),
    density: fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20),
  });

/** Every DAG of d nodes (d ≤ 4 is meant: 1, 3, 25, 543). */
export function allDags(d: number): number[][][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < d; i++) for (let j = i + 1; j < d; j++) pairs.push([i, j]);
  const found: number[][][] = [];
  for (let code = 0; code < 3 ** pairs.length; code++) {
    const a = Array.from({ length: d }, () => Array.from({ length: d }, () => 0));
    pairs.forEach(([i, j], at) => {
      const state = Math.floor(code / 3 ** at) % 3;
      if (state === 1) a[i]![j] = 1;
      if (state === 2) a[j]![i] = 1;
    });
    if (acyclicByPowers(a)) found.push(a);
  }
  return found;
}

/** Acyclic by definition: no walk of d edges. */
export function acyclicByPowers(a: Matrix): boolean {
  let walks = a.map((row) => row.map((w) => w !== 0));
  for (let step = 1; step < a.length; step++) {
    walks = walks.map((row) => a.map((_, j) => row.some((on, k) => on && a[k]![j] !== 0)));
  }
  return walks.every((row) => row.every((on) => !on));
}

/** Every path from x to y that visits no node twice, edges in either direction. */
export function simplePaths(a: Matrix, x: number, y: number): number[][] {
  const found: number[][] = [];
  const walk = (path: number[]) => {
    const last = path[path.length - 1]!;
    if (last === y) {
      found.push(path);
      return;
    }
    a.forEach((row, next) => {
      if (!path.includes(next) && (row[last] !== 0 || a[last]![next] !== 0)) walk([...path, next]);
    });
  };
  walk([x]);
  return found;
}

const tables = new WeakMap<Matrix, number[][]>();
/** The node itself and what descends from it, remembered by graph. */
export function below(a: Matrix, node: number): readonly number[] {
  let table = tables.get(a);
  if (table === undefined) {
    table = a.map((_, i) => [i, ...descendants(a, i)]);
    tables.set(a, table);
  }
  return table[node]!;
}

/** Pearl's definition on one path: blocked at a non-collider given, or a collider not opened. */
export function blocked(a: Matrix, path: readonly number[], given: readonly number[]): boolean {
  return path.slice(1, -1).some((node, at) => {
    const collider = a[path[at]!]![node] !== 0 && a[path[at + 2]!]![node] !== 0;
    if (!collider) return given.includes(node);
    return !below(a, node).some((z) => given.includes(z));
  });
}

/** The adjustment criterion of Shpitser et al. (2010), by paths. */
export function adjustsByPaths(a: Matrix, x: number, y: number, given: readonly number[]): boolean {
  return simplePaths(a, x, y).every((path) => {
    const causal = path.slice(1).every((node, at) => a[path[at]!]![node] !== 0);
    if (!causal) return blocked(a, path, given);
    return path.slice(1).every((node) => !below(a, node).some((z) => given.includes(z)));
  });
}
