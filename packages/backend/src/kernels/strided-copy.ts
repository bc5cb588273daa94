import type { Companion } from '../companion/companion';

/** Where numbers lie: the first one's address and the distance of neighbours along each axis. */
export interface Layout {
  readonly address: number;
  /** Bytes; may be negative (reversed) or 0 (repeated, when read). */
  readonly strides: readonly number[];
}

/** Byte strides of a dense row-major tensor of four-byte numbers. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 4;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i]!;
  }
  return strides;
}

/** Copies a block of four-byte numbers of this shape from one layout to another. */
export function stridedCopy(
  companion: Companion,
  shape: readonly number[],
  from: Layout,
  to: Layout,
): void {
  // Axes that follow one another without a gap on both sides become one.
  const n: number[] = [];
  const f: number[] = [];
  const t: number[] = [];
  for (let i = 0; i < shape.length; i++) {
    const size = shape[i]!;
    if (size === 0) return;
    if (size === 1) continue;
    const last = n.length - 1;
    if (last >= 0 && f[last] === from.strides[i]! * size && t[last] === to.strides[i]! * size) {
      n[last]! *= size;
      f[last] = from.strides[i]!;
      t[last] = to.strides[i]!;
    } else {
      n.push(size);
      f.push(from.strides[i]!);
      t.push(to.strides[i]!);
    }
  }
  if (n.length === 0) {
    n.push(1);
    f.push(4);
    t.push(4);
  }
  while (n.length < 4) {
    n.unshift(1);
    f.unshift(0);
    t.unshift(0);
  }
  copyRest(companion, n, f, t, from.address, to.address);
}

function copyRest(
  companion: Companion,
  n: readonly number[],
  f: readonly number[],
  t: readonly number[],
  from: number,
  to: number,
): void {
  if (n.length === 4) {
    const [n0, n1, n2, n3] = n as [number, number, number, number];
    const [f0, f1, f2, f3] = f as [number, number, number, number];
    const [t0, t1, t2, t3] = t as [number, number, number, number];
    companion.copy4(from, to, n0, n1, n2, n3, f0, f1, f2, f3, t0, t1, t2, t3);
    return;
  }
  const [rest, fRest, tRest] = [n.slice(1), f.slice(1), t.slice(1)];
  for (let i = 0; i < n[0]!; i++) {
    copyRest(companion, rest, fRest, tRest, from + i * f[0]!, to + i * t[0]!);
  }
}
