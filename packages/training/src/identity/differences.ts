import { isObject } from './is-object';
import type { Json } from './json-of';

/** Longest value that is shown whole. */
const SHOWN = 90;

/**
 * Where two identities differ, one sentence a place: `data.concepts was
 * ["a","b"], now it is ["b","a"]`.
 * Fractions that agree to nine digits are the same: functions such as sin differ in the last digit
 * from one version of JavaScript to another.
 */
export function differences(before: Json, now: Json, path = ''): string[] {
  if (isObject(before) && isObject(now)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    return keys.flatMap((key) =>
      differences(before[key] ?? null, now[key] ?? null, path === '' ? key : `${path}.${key}`),
    );
  }
  return same(before, now) ? [] : [`${path || 'it'} was ${shown(before)}, now it is ${shown(now)}`];
}

function same(a: Json, b: Json): boolean {
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isInteger(a) && Number.isInteger(b)) return a === b;
    return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item: Json, i) => same(item, b[i] as Json));
  }
  if (isObject(a) && isObject(b)) return differences(a, b).length === 0;
  return a === b;
}

function shown(value: Json): string {
  if (value === null) return 'not there';
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
