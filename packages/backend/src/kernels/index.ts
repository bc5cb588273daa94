import { conv2d, conv2dBackpropFilter, conv2dBackpropInput, fusedConv2d } from './conv2d';
import { elementwise } from './elementwise';
import { batchMatMul, fusedMatMul } from './mat-mul';
import type { KernelDefinition } from './registry';
import { mean, sum } from './sum';

/** Every kernel that an engine on the wasm heap gets from us. */
export const kernelDefinitions: readonly KernelDefinition[] = [
  batchMatMul,
  fusedMatMul,
  conv2d,
  fusedConv2d,
  conv2dBackpropInput,
  conv2dBackpropFilter,
  sum,
  mean,
  ...elementwise,
];
