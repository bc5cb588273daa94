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

/**
 * The kernels that decide how fast training is. Everything else of an engine is written against
 * this, so an accelerator only has to implement these few; all tensors are float32 on the wasm
 * heap, given by address.
 */
export interface HotKernels extends Convolution {
  readonly matMul: MatMul;
  /** The companion itself, for elementwise functions, sums and optimiser steps. */
  readonly companion: Companion;
}
