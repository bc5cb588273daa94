import type { z } from 'zod';

type Given<T> = Exclude<T, undefined>;
type Mutual<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type IsOptional<T, K extends keyof T> = object extends Pick<T, K> ? true : false;

/** What is wrong with one key, as a sentence that the compiler shows. */
type Fault<Documented, Taken, K> = K extends keyof Documented & string
  ? K extends keyof Taken
    ? Mutual<Given<Documented[K]>, Given<Taken[K]>> extends true
      ? IsOptional<Documented, K> extends IsOptional<Taken, K>
        ? never
        : `option ${K}: only one of interface and schema lets it be left out`
      : `option ${K}: interface and schema take different types`
    : `option ${K}: in the interface, not in the schema`
  : `option ${K & string}: in the schema, not in the interface`;

type Faults<Documented, Taken, K = keyof Documented | keyof Taken> = K extends unknown
  ? Fault<Documented, Taken, K>
  : never;

/** Nothing to add where interface and schema agree, else properties that no schema has. */
type AsDocumented<Documented, S extends z.ZodType> = Readonly<
  Record<Faults<Documented, z.input<S>>, never>
>;

/**
 * Ties a schema to the interface that documents its options, so that neither can change alone: it
 * does not compile where a key is missing on one side, or its type or whether it may be left out
 * differs. Publish the interface, whose sentences (meaning, unit, default) an editor shows; keep the
 * schema to the package. At run time it gives the schema back.
 *
 * @example
 * interface WarpOptions {
 *   // in a doc comment: "Largest move, in pixels. Default 3."
 *   readonly reach?: number;
 * }
 * const schema = schemaFor<WarpOptions>()(
 *   z.strictObject({ reach: z.number().positive().default(3) }),
 * );
 */
export function schemaFor<Documented>(): <S extends z.ZodType>(
  schema: S & AsDocumented<Documented, S>,
) => S {
  return (schema) => schema;
}
