import type * as tf from '@tensorflow/tfjs';
import type { OptimizerSteps } from '../kernels/hot-kernels';

/** One parameter at one step, for the plain implementation. */
interface PlainUpdate {
  readonly value: tf.Tensor;
  /** Already clipped. */
  readonly gradient: tf.Tensor;
  readonly slots: readonly tf.Tensor[];
  readonly learningRate: number;
  /** Factor of the value that decay leaves. */
  readonly keep: number;
  /** Number of this step, from 1. */
  readonly step: number;
}

/** The same as addresses of the wasm heap. */
interface FusedUpdate {
  readonly value: number;
  readonly gradient: number;
  readonly slots: readonly number[];
  readonly out: number;
  readonly size: number;
  readonly gradientScale: number;
  readonly learningRate: number;
  readonly keep: number;
  readonly step: number;
}

/** An update rule: its slots, and one step by plain operators and fused. */
export interface Rule {
  readonly name: string;
  readonly slots: readonly string[];
  plain(update: PlainUpdate): { value: tf.Tensor; slots: tf.Tensor[] };
  fused(hot: OptimizerSteps, update: FusedUpdate): void;
}
