import { isShared, withSharedMemory } from '../threads/shared-memory';
import { companionBinary } from './binary';

/** The functions of assembly/index.ts. Addresses and strides are bytes, sizes are counts. */
export interface Companion {
  gemm(
    a: number,
    aRowStride: number,
    aColumnStride: number,
    b: number,
    bRowStride: number,
    bColumnStride: number,
    c: number,
    cRowStride: number,
    m: number,
    n: number,
    k: number,
    accumulate: number,
    scratch: number,
  ): void;
  gemmScratchBytes(): number;
  convGeometry(
    height: number,
    width: number,
    channels: number,
    outHeight: number,
    outWidth: number,
    kernelHeight: number,
    kernelWidth: number,
    strideHeight: number,
    strideWidth: number,
    dilationHeight: number,
    dilationWidth: number,
    padTop: number,
    padLeft: number,
  ): void;
  /** block[r, :] = patch under output position first + r, by the geometry set last. */
  gatherPatches(image: number, block: number, first: number, rows: number): void;
  /** image += block[r, :] at those patches. */
  scatterPatches(image: number, block: number, first: number, rows: number): void;
  /** y = op(a, b); `step` 1 walks an operand, 0 repeats its only number. Codes: BINARY. */
  binary(
    op: number,
    a: number,
    aStep: number,
    b: number,
    bStep: number,
    y: number,
    n: number,
  ): void;
  /** The same for comparisons, whose results are bytes. Codes: COMPARE. */
  compare(
    op: number,
    a: number,
    aStep: number,
    b: number,
    bStep: number,
    y: number,
    n: number,
  ): void;
  /** y = condition ? t : e, of four-byte numbers. */
  select(condition: number, t: number, e: number, y: number, n: number): void;
  boolToFloat(x: number, y: number, n: number): void;
  boolToInt(x: number, y: number, n: number): void;
  intToFloat(x: number, y: number, n: number): void;
  floatToInt(x: number, y: number, n: number): void;
  depthwiseGeometry(
    height: number,
    width: number,
    channels: number,
    multiplier: number,
    outHeight: number,
    outWidth: number,
    kernelHeight: number,
    kernelWidth: number,
    strideHeight: number,
    strideWidth: number,
    dilationHeight: number,
    dilationWidth: number,
    padTop: number,
    padLeft: number,
  ): void;
  depthwiseInputGradient(dy: number, filter: number, dx: number, n: number): void;
  depthwiseFilterGradient(x: number, dy: number, dw: number, n: number): void;
  log(x: number, y: number, n: number): void;
  log1p(x: number, y: number, n: number): void;
  softplus(x: number, y: number, n: number): void;
  rsqrt(x: number, y: number, n: number): void;
  exp(x: number, y: number, n: number): void;
  sigmoid(x: number, y: number, n: number): void;
  tanh(x: number, y: number, n: number): void;
  elu(x: number, y: number, n: number): void;
  relu(x: number, y: number, n: number): void;
  leakyRelu(x: number, y: number, n: number, alpha: number): void;
  sin(x: number, y: number, n: number): void;
  cos(x: number, y: number, n: number): void;
  sigmoidGradient(y: number, dy: number, dx: number, n: number): void;
  tanhGradient(y: number, dy: number, dx: number, n: number): void;
  eluGradient(y: number, dy: number, dx: number, n: number): void;
  reluGradient(y: number, dy: number, dx: number, n: number): void;
  leakyReluGradient(x: number, dy: number, dx: number, n: number, alpha: number): void;
  clip(x: number, y: number, n: number, low: number, high: number): void;
  sinCos(x: number, sine: number, cosine: number, n: number): void;
  /** gate = σ(x), y = x·σ(x). */
  silu(x: number, gate: number, y: number, n: number): void;
  /**
   * One of several networks tanh–tanh–linear on the same features: for each of n pictures of `count`
   * rows, first = tanh(φ·w1 + shift of the picture), second = tanh(first·w2 + b2), y = second·w3.
   */
  tanhNetworks(
    phi: number,
    shift: number,
    w1: number,
    w2: number,
    b2: number,
    w3: number,
    first: number,
    second: number,
    y: number,
    n: number,
    count: number,
    inputs: number,
    width: number,
    outputs: number,
    scratch: number,
  ): void;
  /** What they send back; every result is added to, except that of the shifts, which is written. */
  tanhNetworksGradient(
    phi: number,
    w1: number,
    w2: number,
    w3: number,
    first: number,
    second: number,
    dy: number,
    toPhi: number,
    toShift: number,
    toW1: number,
    toW2: number,
    toB2: number,
    toW3: number,
    n: number,
    count: number,
    inputs: number,
    width: number,
    outputs: number,
    tile: number,
    scratch: number,
  ): void;
  siluGradient(gate: number, y: number, dy: number, dx: number, n: number): void;
  /** Bilinear reading of a grid [side, side, channels], channels a multiple of 4. */
  gridRead(
    places: number,
    placeStride: number,
    cells: number,
    y: number,
    yStride: number,
    rows: number,
    side: number,
    channels: number,
    scale: number,
    middle: number,
  ): void;
  gridGradient(
    places: number,
    placeStride: number,
    cells: number,
    dy: number,
    dyStride: number,
    toCells: number,
    toPlaces: number,
    rows: number,
    side: number,
    channels: number,
    scale: number,
    middle: number,
  ): void;
  /** A matrix product by plain loops, for products too small to be packed. */
  tinyGemm(
    a: number,
    aRowStride: number,
    aColumnStride: number,
    b: number,
    bRowStride: number,
    bColumnStride: number,
    c: number,
    m: number,
    n: number,
    k: number,
  ): void;
  /** y[rows, columns] += row. */
  addRow(y: number, row: number, rows: number, columns: number): void;
  sumAll(x: number, n: number): number;
  sumSquares(x: number, n: number): number;
  sumMiddle(
    x: number,
    y: number,
    outer: number,
    middle: number,
    inner: number,
    scale: number,
  ): void;
  /** Copies an n0×n1×n2×n3 block of four-byte numbers between two strided layouts. */
  copy4(
    from: number,
    to: number,
    n0: number,
    n1: number,
    n2: number,
    n3: number,
    from0: number,
    from1: number,
    from2: number,
    from3: number,
    to0: number,
    to1: number,
    to2: number,
    to3: number,
  ): void;
  /** 1 if all indices are in [0, limit). */
  indicesIn(indices: number, n: number, limit: number): number;
  gatherRows(
    from: number,
    indices: number,
    to: number,
    outer: number,
    rows: number,
    count: number,
    rowBytes: number,
  ): void;
  addRowsAt(
    from: number,
    indices: number,
    to: number,
    count: number,
    rows: number,
    rowBytes: number,
  ): void;
  zeroFill(to: number, n: number): void;
  adamStep(
    value: number,
    gradient: number,
    m: number,
    v: number,
    out: number,
    n: number,
    gradientScale: number,
    beta1: number,
    beta2: number,
    stepSize: number,
    rootCorrection: number,
    epsilon: number,
    keep: number,
  ): void;
  sgdStep(
    value: number,
    gradient: number,
    velocity: number,
    out: number,
    n: number,
    gradientScale: number,
    momentum: number,
    nesterov: number,
    learningRate: number,
    keep: number,
  ): void;
  rmspropStep(
    value: number,
    gradient: number,
    square: number,
    out: number,
    n: number,
    gradientScale: number,
    decay: number,
    learningRate: number,
    epsilon: number,
    keep: number,
  ): void;
}

/** Operation codes of {@link Companion.binary}. */
export const BINARY = { Maximum: 0, Minimum: 1 } as const;

/** Operation codes of {@link Companion.compare}. */
export const COMPARE = {
  Equal: 0,
  NotEqual: 1,
  Greater: 2,
  GreaterEqual: 3,
  Less: 4,
  LessEqual: 5,
} as const;

/** The companion compiled: for memory of this thread alone, and for memory that threads share. */
interface Compiled {
  readonly own: WebAssembly.Module;
  readonly shared?: WebAssembly.Module;
}

let compiled: Compiled | undefined;

/**
 * Compiles the embedded binary once per process (asynchronously, as browsers' main threads ask).
 * @param shared Also for shared memory.
 */
export async function compileCompanion(shared = false): Promise<void> {
  if (compiled && (compiled.shared || !shared)) return;
  const bytes = Uint8Array.from(atob(companionBinary), (c) => c.charCodeAt(0));
  compiled = {
    own: compiled?.own ?? (await WebAssembly.compile(bytes)),
    ...(shared && { shared: await WebAssembly.compile(withSharedMemory(bytes)) }),
  };
}

/**
 * The module that fits `memory`.
 * @throws Error if {@link compileCompanion} has not been awaited.
 */
export function companionModule(memory: WebAssembly.Memory): WebAssembly.Module {
  const module = isShared(memory) ? compiled?.shared : compiled?.own;
  if (!module) throw new Error('The companion is not compiled yet: await setupEngine() first.');
  return module;
}

/** An instance that works on `memory`. */
export function instantiateCompanion(memory: WebAssembly.Memory): Companion {
  const instance = new WebAssembly.Instance(companionModule(memory), {
    env: { memory, sin: Math.sin, cos: Math.cos },
  });
  return instance.exports as unknown as Companion;
}
