export { endogenous, exogenous, totalEffects } from './linear';
