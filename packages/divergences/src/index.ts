export {
  imq,
  laplacian,
  linear,
  rationalQuadratic,
  rbf,
  type ImqOptions,
  type Kernel,
  type KernelName,
  type LaplacianOptions,
  type Metric,
  type Profile,
  type RationalQuadraticOptions,
  type RbfOptions,
} from './kernels';
export { bandwidthOf, type BandwidthRule } from './bandwidth';
export { mmd, type MmdEstimator, type MmdOptions } from './mmd';
export {
  cka,
  hsic,
  type CkaOptions,
  type HsicEstimator,
  type HsicOptions,
  type PerVariable,
} from './hsic';
export { energyDistance, type EnergyDistanceOptions } from './energy';
export { gaussianW2 } from './gaussian';
export { klGaussian } from './kl-gaussian';
export { klDiagonalGaussian } from './kl-diagonal';
export { klBernoulli, klCategorical, totalVariation, type DiscreteOptions } from './kl-discrete';
export { randomProjections, slicedWasserstein, type SlicedWassersteinOptions } from './sliced';
export { type TransportCost } from './transport/cost';
export {
  entropicOT,
  sinkhornDivergence,
  solveEntropicOT,
  type TransportOptions,
  type TransportSolution,
} from './transport/sinkhorn';
export {
  LatentDiscriminator,
  type GradientPenalty,
  type LatentDiscriminatorOptions,
} from './discriminator';
export { gaussianPrior, mixturePrior, spherePrior, uniformPrior, type Prior } from './priors';
export { dhsic, type DhsicOptions } from './dhsic';
export { hsicTest, type HsicTestOptions, type HsicTestResult } from './hsic-test';
export { fourierMmd, type FourierMmdOptions } from './fourier';
