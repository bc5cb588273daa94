// The companion's exports. No runtime, no static data: it works on memory that it does not own.
export { gemm, gemmScratchBytes } from './gemm';
export { convGeometry, gatherPatches, scatterPatches } from './conv';
export {
  exp,
  log,
  log1p,
  softplus,
  rsqrt,
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
  clip,
} from './elementwise';
export { sumAll, sumSquares, sumMiddle } from './reduce';
export { adamStep, sgdStep, rmspropStep } from './optimise';
export { copy4, indicesIn, gatherRows, addRowsAt, zeroFill } from './copy';
export { binary, compare, select, boolToFloat, boolToInt, intToFloat, floatToInt } from './binary';
export { depthwiseGeometry, depthwiseInputGradient, depthwiseFilterGradient } from './depthwise';
export { sinCos, silu, siluGradient } from './smooth';
export { gridRead, gridGradient, tinyGemm } from './grid';
export { tanhNetworks, tanhNetworksGradient } from './tanh-networks';
