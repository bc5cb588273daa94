import { checkNumber } from '@causal/options';

/** Smallest and largest scale factors accepted: their powers must stay within float64. */
const positive = { least: 1e-100, most: 1e100 };

/** α of polyTrace: absent (1/d) or a positive number. */
export const checkAlpha = (alpha?: number): number | undefined =>
  alpha === undefined ? undefined : checkNumber(alpha, 'alpha', 'polyTrace', positive);

/** s of logDet: a positive number. */
export const checkS = (s = 1): number => checkNumber(s, 's', 'logDet', positive);

/** m of truncatedGeometric: absent (d) or a whole number of at least 1. */
export const checkTerms = (terms?: number): number | undefined =>
  terms === undefined
    ? undefined
    : checkNumber(terms, 'terms', 'truncatedGeometric', { least: 1, most: 2 ** 30, integer: true });
