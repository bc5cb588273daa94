export { checkChoice, checkKeys, checkNumber, type Bounds } from './checks';
export { nearestName } from './nearest-name';
export { OptionsError } from './options-error';
export { parseOptions } from './parse-options';
export { show } from './show';
export { optionNames } from './describe-issue';
