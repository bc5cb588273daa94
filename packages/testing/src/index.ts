export { testEngine, useEngine } from './engine';
export { countTensors } from './memory';
export { numericGradient } from './numeric-gradient';
