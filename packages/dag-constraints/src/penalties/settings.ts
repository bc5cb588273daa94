import { checkKeys, checkNumber } from '@causal/options';

/** Smallest and largest scale factors accepted: their powers must stay within float64. */
const positive = { least: 1e-100, most: 1e100 };

/** α of polyTrace: absent (1/d) or a positive number. */
export function checkAlpha(options: { readonly alpha?: number }): number | undefined {
  checkKeys(options, ['alpha'], 'polyTrace');
  const { alpha } = options;
  return alpha === undefined ? undefined : checkNumber(alpha, 'alpha', 'polyTrace', positive);
}

/** s of logDet: a positive number, default 1. */
export function checkS(options: { readonly s?: number }, caller = 'logDet'): number {
  checkKeys(options, ['s'], caller);
  return checkNumber(options.s ?? 1, 's', caller, positive);
}

/** m of truncatedGeometric: absent (d) or a whole number of at least 1. */
export function checkTerms(options: { readonly terms?: number }): number | undefined {
  const caller = 'truncatedGeometric';
  checkKeys(options, ['terms'], caller);
  const { terms } = options;
  if (terms === undefined) return undefined;
  return checkNumber(terms, 'terms', caller, { least: 1, most: 2 ** 30, integer: true });
}
