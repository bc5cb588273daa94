// The companion's exports. No runtime, no static data: it works on memory that it does not own.
export { gemm, gemmScratchBytes } from './gemm';
export { convGeometry, gatherPatches, scatterPatches } from './conv';
export {
  exp,
  sigmoid,
  tanh,
  elu,
  leakyRelu,
  relu,
  sin,
  cos,
  sigmoidGradient,
  tanhGradient,
  eluGradient,
  leakyReluGradient,
  reluGradient,
  addRow,
} from './elementwise';
export { sumAll, sumSquares, sumMiddle } from './reduce';
export { adamStep, sgdStep, rmspropStep } from './optimise';
export { copy4, indicesIn, gatherRows, addRowsAt, zeroFill } from './copy';
