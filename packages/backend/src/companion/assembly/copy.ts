// Moving four-byte numbers: strided copies (slice, split, concat, transpose, reverse, tile), rows
// by index and their sums.

/** Four numbers by four, turned. */
@inline
function turn4x4(from: usize, fromRow: i32, to: usize, toRow: i32): void {
  const a = v128.load(from);
  const b = v128.load(from + fromRow);
  const c = v128.load(from + 2 * fromRow);
  const d = v128.load(from + 3 * fromRow);
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const ab2 = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const cd2 = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(ab, cd, 0, 2));
  v128.store(to + toRow, i64x2.shuffle(ab, cd, 1, 3));
  v128.store(to + 2 * toRow, i64x2.shuffle(ab2, cd2, 0, 2));
  v128.store(to + 3 * toRow, i64x2.shuffle(ab2, cd2, 1, 3));
}

/** n2×n3 numbers; strides in bytes. */
function copy2(from: usize, to: usize, n2: i32, n3: i32, f2: i32, f3: i32, t2: i32, t3: i32): void {
  if (f3 == 4 && t3 == 4) {
    for (let i = 0; i < n2; i++) {
      let p = from, q = to;
      const end = p + (<usize>n3 << 2);
      for (; p + 16 <= end; p += 16) {
        v128.store(q, v128.load(p));
        q += 16;
      }
      for (; p < end; p += 4) {
        store<u32>(q, load<u32>(p));
        q += 4;
      }
      from += f2;
      to += t2;
    }
    return;
  }
  let done = 0;
  if (f2 == 4 && t3 == 4) {
    // A transposition: tiles of 4×4, so that both sides move whole vectors.
    const wide = n3 & ~3;
    for (; done + 4 <= n2; done += 4) {
      for (let j = 0; j < wide; j += 4) {
        turn4x4(from + 4 * done + j * f3, f3, to + done * t2 + 4 * j, t2);
      }
      for (let i = done; i < done + 4; i++) {
        for (let j = wide; j < n3; j++) {
          store<u32>(to + i * t2 + 4 * j, load<u32>(from + 4 * i + j * f3));
        }
      }
    }
  }
  for (let i = done; i < n2; i++) {
    let p = from + i * f2, q = to + i * t2;
    for (let j = 0; j < n3; j++) {
      store<u32>(q, load<u32>(p));
      p += f3;
      q += t3;
    }
  }
}

/** Copies n0×n1×n2×n3 numbers between two layouts; strides in bytes, any sign. */
export function copy4(
  from: usize, to: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  f0: i32, f1: i32, f2: i32, f3: i32, t0: i32, t1: i32, t2: i32, t3: i32,
): void {
  for (let i = 0; i < n0; i++) {
    let p = from + i * f0, q = to + i * t0;
    for (let j = 0; j < n1; j++) {
      copy2(p, q, n2, n3, f2, f3, t2, t3);
      p += f1;
      q += t1;
    }
  }
}

/** True if every one of n indices is in [0, limit). */
export function indicesIn(indices: usize, n: u32, limit: u32): bool {
  for (let i: u32 = 0; i < n; i++) if (load<u32>(indices + (i << 2)) >= limit) return false;
  return true;
}

/** to[o, i, :] = from[o, indices[i], :]; `row` bytes each, `rows` rows of `from` for each o. */
export function gatherRows(
  from: usize, indices: usize, to: usize, outer: u32, rows: u32, count: u32, row: u32,
): void {
  for (let o: u32 = 0; o < outer; o++) {
    for (let i: u32 = 0; i < count; i++) {
      let p = from + load<u32>(indices + (i << 2)) * row;
      const end = p + row;
      for (; p + 16 <= end; p += 16) {
        v128.store(to, v128.load(p));
        to += 16;
      }
      for (; p < end; p += 4) {
        store<u32>(to, load<u32>(p));
        to += 4;
      }
    }
    from += rows * row;
  }
}

/** to[indices[i], :] += from[i, :]; an index outside [0, rows) is left out. `to` starts at zero. */
export function addRowsAt(
  from: usize, indices: usize, to: usize, count: u32, rows: u32, row: u32,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = load<u32>(indices + (i << 2));
    const end = from + row;
    if (at < rows) {
      let q = to + at * row;
      for (; from + 16 <= end; from += 16) {
        v128.store(q, f32x4.add(v128.load(q), v128.load(from)));
        q += 16;
      }
      for (; from < end; from += 4) {
        store<f32>(q, load<f32>(q) + load<f32>(from));
        q += 4;
      }
    }
    from = end;
  }
}

/** Fills n four-byte numbers with zeros. */
export function zeroFill(to: usize, n: u32): void {
  memory.fill(to, 0, n << 2);
}
