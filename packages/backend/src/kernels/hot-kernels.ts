import type { backend_util } from '@tensorflow/tfjs';
import type { Companion } from '../companion/companion';

/** C[m×n] = op(A)·op(B), all dense, row-major float32 at byte addresses of the wasm heap. */
interface MatMulProblem {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Adds to C instead of replacing it. */
  readonly accumulate?: boolean;
}

export type MatMul = (problem: MatMulProblem) => void;

/** Convolution (NHWC, filters [kh, kw, ci, co]) and what it sends back; by address. */
export interface Convolution {
  conv2d(info: backend_util.Conv2DInfo, x: number, filter: number, y: number): void;
  conv2dInputGradient(info: backend_util.Conv2DInfo, dy: number, filter: number, dx: number): void;
  conv2dFilterGradient(info: backend_util.Conv2DInfo, x: number, dy: number, dw: number): void;
}

/** What a depthwise convolution (NHWC, filters [kh, kw, c, multiplier]) sends back. */
interface Depthwise {
  depthwiseInputGradient(
    info: backend_util.Conv2DInfo,
    dy: number,
    filter: number,
    dx: number,
  ): void;
  depthwiseFilterGradient(info: backend_util.Conv2DInfo, x: number, dy: number, dw: number): void;
}

/** Functions of one argument, their gradients, and the bias: elementwise, in place if asked to. */
export type Elementwise = Pick<
  Companion,
  | 'exp'
  | 'log'
  | 'log1p'
  | 'softplus'
  | 'rsqrt'
  | 'sigmoid'
  | 'tanh'
  | 'elu'
  | 'relu'
  | 'leakyRelu'
  | 'sin'
  | 'cos'
  | 'clip'
  | 'sigmoidGradient'
  | 'tanhGradient'
  | 'eluGradient'
  | 'reluGradient'
  | 'leakyReluGradient'
  | 'addRow'
>;

/** Sums over batch and space (gradients of biases), and of squares (norms of gradients). */
type Sums = Pick<Companion, 'sumMiddle' | 'sumSquares'>;

/** Rows by index, and what they send back. */
type Rows = Pick<Companion, 'gatherRows' | 'addRowsAt'>;

/** One fused pass of an optimiser over one parameter. */
export type OptimizerSteps = Pick<Companion, 'adamStep' | 'sgdStep' | 'rmspropStep'>;

/**
 * The kernels that decide how fast training is; all tensors are float32 on the wasm heap, given by
 * address. The companion has every one of them: an accelerator starts from those and replaces what
 * it does faster.
 */
export interface HotKernels
  extends Convolution, Depthwise, Elementwise, Sums, Rows, OptimizerSteps {
  readonly matMul: MatMul;
  /** For what is no hot kernel: moves, comparisons, changes of type. */
  readonly companion: Companion;
}
