import type * as tf from '@tensorflow/tfjs';
import { binaries, select } from './binary';
import { bincount } from './bincount';
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput, fusedConv2d } from './conv2d';
import { depthwiseBackpropFilter, depthwiseBackpropInput, fusedDepthwise } from './depthwise';
import { einsumKernel } from './einsum';
import { elementwise } from './elementwise';
import { gatherV2, unsortedSegmentSum } from './gather';
import { gridRead, gridReadGrad } from './grid';
import { hostKernels } from './host';
import { batchMatMul, fusedMatMul } from './mat-mul';
import { concat, reverse, slice, splitV, stridedSlice, tile, transpose } from './move';
import { avgPool, maxPool } from './pool';
import type { KernelDefinition } from './registry';
import { cast, identity } from './share';
import { silu, siluGrad, sinCos } from './smooth';
import { tanhNetworks, tanhNetworksGrad } from './tanh-networks';

import { mean, sum } from './sum';

/** Every kernel that an engine on the wasm heap gets from us. */
export const kernelDefinitions: readonly KernelDefinition<tf.TensorInfo | tf.TensorInfo[]>[] = [
  batchMatMul,
  fusedMatMul,
  conv2d,
  fusedConv2d,
  conv2dBackpropInput,
  conv2dBackpropFilter,
  sum,
  mean,
  identity,
  cast,
  slice,
  splitV,
  stridedSlice,
  concat,
  transpose,
  reverse,
  tile,
  gatherV2,
  unsortedSegmentSum,
  depthwiseBackpropInput,
  depthwiseBackpropFilter,
  fusedDepthwise,
  avgPool,
  maxPool,
  einsumKernel,
  select,
  ...binaries,
  ...elementwise,
  bincount,
  sinCos,
  silu,
  siluGrad,
  gridRead,
  gridReadGrad,
  tanhNetworks,
  tanhNetworksGrad,
  ...hostKernels, // last: they pass numbers on to the kernels above
];
