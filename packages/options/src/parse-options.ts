import { z } from 'zod';
import { describeIssue, optionsSchemaAt } from './describe-issue';
import { OptionsError } from './options-error';

/**
 * Checks options against a zod schema and gives them back with the defaults filled in.
 *
 * Every fault is told at once: the option's name, what was expected and what came. Unknown keys of
 * the options themselves are refused (also by a schema that is not strict), naming the nearest
 * known one.
 *
 * @param schema A zod 4 schema, usually `z.strictObject({ … })`.
 * @param value What the user gave; `undefined` counts as `{}`.
 * @param where Begins the error, such as `'new CausalWAE(options)'`.
 * @throws OptionsError
 */
export function parseOptions<S extends z.ZodType>(
  schema: S,
  value: unknown,
  where: string,
): z.output<S> {
  const given = value === undefined ? {} : value;
  const strict = schema instanceof z.ZodObject ? schema.strict() : schema;
  const parsed = strict.safeParse(given);
  if (parsed.success) return parsed.data as z.output<S>;
  const problems = parsed.error.issues.flatMap((issue) =>
    describeIssue(issue, given, (path) => optionsSchemaAt(strict, path)),
  );
  throw new OptionsError(where, problems);
}
