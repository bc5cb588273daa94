import { z } from 'zod';
import { parseOptions } from './parse-options';
import { schemaFor } from './schema-for';

interface WarpOptions {
  /** Largest move, in pixels. Default 3. */
  readonly reach?: number;
  /** Which edges are drawn. */
  readonly edges: 'soft' | 'hard';
}

// `npm run lint` compiles this file: a line below an "expect-error" that compiles fails it.
describe('schemaFor', () => {
  const schema = z.strictObject({
    reach: z.number().positive().default(3),
    edges: z.enum(['soft', 'hard']),
  });

  it('gives the schema back, with the type of what it makes', () => {
    const tied = schemaFor<WarpOptions>()(schema);
    expect(tied).toBe(schema);
    const { reach }: { reach: number } = parseOptions(tied, { edges: 'soft' }, 'warp');
    expect(reach).toBe(3);
  });

  it('does not compile where interface and schema differ', () => {
    const { edges } = schema.shape;
    const given = [
      // @ts-expect-error a key that is not documented
      schemaFor<WarpOptions>()(schema.extend({ gain: z.number().optional() })),
      // @ts-expect-error a key that the schema lacks
      schemaFor<WarpOptions>()(z.strictObject({ edges })),
      // @ts-expect-error another type
      schemaFor<WarpOptions>()(z.strictObject({ edges, reach: z.string().optional() })),
      // @ts-expect-error a wider type
      schemaFor<WarpOptions>()(schema.extend({ edges: z.string() })),
      // @ts-expect-error needed here, not there
      schemaFor<WarpOptions>()(z.strictObject({ edges, reach: z.number() })),
      // @ts-expect-error needed there, not here
      schemaFor<WarpOptions>()(schema.extend({ edges: edges.default('soft') })),
    ];
    expect(given).toHaveLength(6);
  });
});
