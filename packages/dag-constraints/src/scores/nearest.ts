/** Rows in a leaf; below this a scan beats a split (measured: 8–16 alike). */
const LEAF = 10;

/**
 * The k nearest other rows of every row, by Euclidean distance in the given columns, with a k-d
 * tree (Bentley 1975; split at the median of the widest column).
 * @returns row-major [n, k] row numbers, in no particular order. Among equally distant rows the
 * choice depends on the order of the rows, which callers therefore shuffle.
 */
export function nearestRows(columns: readonly Float64Array[], k: number): Int32Array {
  const n = columns[0]!.length;
  const dims = columns.length;
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;

  // Nodes in depth-first order: the near child follows its parent, `far` says where the other is.
  const splitDim: number[] = [];
  const splitValue: number[] = [];
  const far: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const build = (low: number, high: number): void => {
    const node = splitDim.length;
    splitDim.push(-1);
    splitValue.push(0);
    far.push(0);
    from.push(low);
    to.push(high);
    if (high - low <= LEAF) return;
    const dim = widest(columns, order, low, high);
    if (dim < 0) return; // all rows the same: one leaf, however large
    const middle = (low + high) >> 1;
    select(columns[dim]!, order, low, high - 1, middle);
    splitDim[node] = dim;
    splitValue[node] = columns[dim]![order[middle]!]!;
    build(low, middle);
    far[node] = splitDim.length;
    build(middle, high);
  };
  build(0, n);

  // Points in the tree's order, so that a leaf is one stretch of memory.
  const points = new Float64Array(n * dims);
  for (let p = 0; p < n; p++) {
    for (let c = 0; c < dims; c++) points[p * dims + c] = columns[c]![order[p]!]!;
  }
  const neighbours = new Int32Array(n * k);
  const bestDistance = new Float64Array(k);
  const bestPlace = new Int32Array(k);
  let query = 0;
  const search = (node: number): void => {
    const dim = splitDim[node]!;
    if (dim >= 0) {
      const gap = points[query * dims + dim]! - splitValue[node]!;
      search(gap < 0 ? node + 1 : far[node]!);
      if (gap * gap < bestDistance[k - 1]!) search(gap < 0 ? far[node]! : node + 1);
      return;
    }
    const end = to[node]!;
    const origin = query * dims;
    for (let p = from[node]!; p < end; p++) {
      let distance = 0;
      for (let c = 0, at = p * dims; c < dims; c++) {
        const difference = points[at + c]! - points[origin + c]!;
        distance += difference * difference;
      }
      if (distance >= bestDistance[k - 1]! || p === query) continue;
      let slot = k - 1;
      while (slot > 0 && bestDistance[slot - 1]! > distance) {
        bestDistance[slot] = bestDistance[slot - 1]!;
        bestPlace[slot] = bestPlace[slot - 1]!;
        slot--;
      }
      bestDistance[slot] = distance;
      bestPlace[slot] = p;
      // k exact copies cannot be improved upon: do not scan a huge leaf of copies to its end.
      if (bestDistance[k - 1] === 0) return;
    }
  };
  for (query = 0; query < n; query++) {
    bestDistance.fill(Infinity);
    search(0);
    const row = order[query]! * k;
    for (let s = 0; s < k; s++) neighbours[row + s] = order[bestPlace[s]!]!;
  }
  return neighbours;
}

/** The column with the largest spread among these rows, or −1 where all rows are the same. */
function widest(
  columns: readonly Float64Array[],
  order: Int32Array,
  low: number,
  high: number,
): number {
  let best = -1;
  let spread = 0;
  columns.forEach((column, c) => {
    let least = Infinity;
    let most = -Infinity;
    for (let p = low; p < high; p++) {
      const value = column[order[p]!]!;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (most - least > spread) {
      spread = most - least;
      best = c;
    }
  });
  return best;
}

/** Hoare's quickselect: afterwards order[k] has rank k, smaller ones before, larger ones after. */
function select(
  column: Float64Array,
  order: Int32Array,
  low: number,
  high: number,
  k: number,
): void {
  while (low < high) {
    const pivot = column[order[(low + high) >> 1]!]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (column[order[i]!]! < pivot) i++;
      while (column[order[j]!]! > pivot) j--;
      if (i <= j) {
        const kept = order[i]!;
        order[i] = order[j]!;
        order[j] = kept;
        i++;
        j--;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
}
