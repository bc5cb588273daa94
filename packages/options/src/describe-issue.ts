import { z } from 'zod';
import { unknownKey } from './checks';
import { show } from './show';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The object schema at a path, for its key names; undefined where the schema is no plain object. */
export function optionsSchemaAt(schema: z.ZodType, path: Path): z.ZodObject | undefined {
  let at: unknown = unwrap(schema);
  for (const key of path) {
    if (!(at instanceof z.ZodObject)) return undefined;
    at = unwrap(at.shape[String(key)]);
  }
  return at instanceof z.ZodObject ? at : undefined;
}

/** Names of the options that a schema of options takes; null where it is no object of options. */
export function optionNames(schema: z.ZodType): string[] | null {
  const options = optionsSchemaAt(schema, []);
  return options ? Object.keys(options.shape) : null;
}

/** The schema under optional, default, prefault, nullable, readonly and transforms. */
function unwrap(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodPipe) inner = inner.def.in;
    else if (inner instanceof z.ZodType && 'innerType' in inner.def) inner = inner.def.innerType;
    else return inner;
  }
}

/** The option at a path, in backquotes. */
function nameOf(path: Path): string {
  return path.length === 0 ? 'the options' : `\`${pathOf(path)}\``;
}

/** `['a', 0, 'b']` → `a[0].b`. */
function pathOf(path: Path): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

const article = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** What an issue asks for: `a whole number`, `a number ≥ 1`, `one of "a", "b"`. */
function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.expected === 'int') return 'a whole number';
      const finite = (issue as { received?: string }).received;
      if (finite === 'NaN' || finite === 'Infinity') return 'a finite number';
      return article(issue.expected);
    }
    case 'too_small':
      return bounded(issue.origin, issue.inclusive === false ? '>' : '≥', issue.minimum);
    case 'too_big':
      return bounded(issue.origin, issue.inclusive === false ? '<' : '≤', issue.maximum);
    case 'invalid_value':
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    default:
      return issue.message;
  }
}

function bounded(origin: string, sign: string, limit: number | bigint): string {
  if (origin === 'number' || origin === 'int') return `a number ${sign} ${limit}`;
  const unit = origin === 'string' ? 'characters' : 'items';
  return `${article(origin)} with ${sign} ${limit} ${unit}`;
}

/** A zod issue as sentences: the key, what was expected, what came. */
export function describeIssue(
  issue: Issue,
  value: unknown,
  schemaAt: (path: Path) => z.ZodObject | undefined,
): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schemaAt(issue.path)?.shape ?? {});
    return issue.keys.map((key) => unknownKey(key, known, pathOf([...issue.path, key])));
  }
  const came = valueAt(value, issue.path);
  if (issue.code === 'invalid_union') {
    const branches = issue.errors;
    // Where exactly one branch got further than its first look at the value, its fault is the one
    // the user made; otherwise say what every branch wanted.
    const deeper = branches.filter((issues) => issues.some((inner) => inner.path.length > 0));
    if (deeper.length === 1) {
      return deeper[0]!.flatMap((inner) =>
        describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, value, schemaAt),
      );
    }
    const wanted = [...new Set(branches.flatMap((issues) => issues.map(expectation)))];
    return [`${nameOf(issue.path)} must be ${wanted.join(' or ')}, got ${show(came)}.`];
  }
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    return issue.issues.flatMap((inner) =>
      describeIssue({ ...inner, path: [...issue.path, ...inner.path] } as Issue, value, schemaAt),
    );
  }
  if (issue.code === 'custom' && came === undefined && issue.path.length === 0) {
    return [issue.message];
  }
  if (came === undefined && issue.path.length > 0) {
    return [`${nameOf(issue.path)} is missing: expected ${expectation(issue)}.`];
  }
  if (issue.code === 'custom' && issue.path.length === 0) return [issue.message];
  return [`${nameOf(issue.path)} must be ${expectation(issue)}, got ${show(came)}.`];
}
