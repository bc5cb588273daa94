export type { Matrix } from './matrix';
export { host } from './penalties/host';
export { expTrace, polyTrace } from './penalties/penalties';
export type { PenaltyResult } from './penalties/penalty';
