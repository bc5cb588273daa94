export { doLaws, type DoingModel } from './do-laws';
export { testEngine, useEngine } from './engine';
export {
  conceptNetwork,
  cubeOf,
  elu,
  endogenousOf,
  fromParents,
  numberOf,
  rowsOf,
  sigmoid,
  softplus,
  solve,
  sum,
  weightedMean,
} from './host-maths';
export { slopesOf, type SlopeError } from './loss-gradient';
export { countTensors } from './memory';
export { modelLaws, type LawfulModel } from './model-laws';
export { numericGradient } from './numeric-gradient';
export { recordPass, type Recorded } from './recorded-pass';
export { toyPictures, type ToyOptions } from './toy-pictures';
