// Resizing of planes of 32-bit floats in this module's memory. AssemblyScript; built by
// tools/build-kernels.mjs. Addresses and strides are bytes; strides and counts of weights are
// multiples of 4 numbers.

/**
 * Down, then across. Output position i is the sum of `downCount` rows from downFirst[i] on by their
 * weights, then the same with columns. `line` is room for a row.
 */
export function resize(
  plane: usize, stride: u32, downFirst: usize, downWeights: usize, downCount: u32,
  acrossFirst: usize, acrossWeights: usize, acrossCount: u32, size: u32, line: usize, out: usize,
): void {
  for (let y: u32 = 0; y < size; y++) {
    const rows = plane + load<u32>(downFirst + (y << 2)) * stride;
    const weights = downWeights + ((y * downCount) << 2);
    for (let x: u32 = 0; x < stride; x += 16) {
      let sum = f32x4.splat(0);
      let row = rows + x;
      for (let k: u32 = 0; k < downCount; k++) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(weights + (k << 2)), v128.load(row)));
        row += stride;
      }
      v128.store(line + x, sum);
    }
    let weight = acrossWeights;
    for (let x: u32 = 0; x < size; x++) {
      let from = line + (load<u32>(acrossFirst + (x << 2)) << 2);
      let sum = f32x4.splat(0);
      for (let k: u32 = 0; k < acrossCount; k += 4) {
        sum = f32x4.add(sum, f32x4.mul(v128.load(weight), v128.load(from)));
        weight += 16;
        from += 16;
      }
      store<f32>(out,
        f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) +
        (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)));
      out += 4;
    }
  }
}
