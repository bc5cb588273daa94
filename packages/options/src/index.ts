export {
  checkFlag,
  checkMatrix,
  checkNumbers,
  checkRecord,
  isRecord,
  type ListShape,
  type MatrixShape,
} from './check-values';
export { checkChoice, checkKeys, checkNumber, type Bounds } from './checks';
export { nearestName } from './nearest-name';
export { OptionsError } from './options-error';
export { parseOptions } from './parse-options';
export { schemaFor } from './schema-for';
export { show } from './show';
export { optionNames } from './describe-issue';
