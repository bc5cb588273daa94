import type { Square } from './square';

/**
 * The strongly connected parts that hold a cycle (more than one node, or a self-loop), each as its
 * nodes in ascending order: Tarjan's algorithm (1972), without recursion.
 *
 * Every acyclicity penalty is a sum over these parts, and its gradient is zero outside them: an
 * edge i → j matters only if there is a path from j back to i.
 */
export function cyclicParts(w: Square): number[][] {
  const { size, values } = w;
  const index = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const onStack = new Uint8Array(size);
  const next = new Int32Array(size);
  const stack: number[] = [];
  const path: number[] = [];
  const parts: number[][] = [];
  let counter = 0;
  for (let start = 0; start < size; start++) {
    if (index[start] !== -1) continue;
    path.push(start);
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      if (index[node] === -1) {
        index[node] = low[node] = counter++;
        stack.push(node);
        onStack[node] = 1;
      }
      let descended = false;
      while (next[node]! < size) {
        const child = next[node]!++;
        if (values[node * size + child] === 0) continue;
        if (index[child] === -1) {
          path.push(child);
          descended = true;
          break;
        }
        if (onStack[child]) low[node] = Math.min(low[node]!, index[child]!);
      }
      if (descended) continue;
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
      if (low[node] !== index[node]) continue;
      const part: number[] = [];
      let member: number;
      do {
        member = stack.pop()!;
        onStack[member] = 0;
        part.push(member);
      } while (member !== node);
      if (part.length > 1 || values[node * size + node] !== 0)
        parts.push(part.sort((a, b) => a - b));
    }
  }
  return parts;
}
