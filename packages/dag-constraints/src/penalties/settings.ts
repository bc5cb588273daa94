/** @throws RangeError unless alpha is absent or a positive number. */
export function checkAlpha(alpha: number | undefined): number | undefined {
  if (alpha !== undefined && !(alpha > 0 && Number.isFinite(alpha))) {
    throw new RangeError(`polyTrace: alpha must be a positive number, got ${alpha}.`);
  }
  return alpha;
}
