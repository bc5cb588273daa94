import fc from 'fast-check';
import { z } from 'zod';
import { nearestName } from './nearest-name';
import { OptionsError } from './options-error';
import { parseOptions } from './parse-options';

const schema = z.strictObject({
  epochs: z.number().int().min(1).default(10),
  batchSize: z.number().int().min(1).max(4096).optional(),
  decoder: z.enum(['joint', 'warp']).optional(),
  rate: z.union([z.number().positive(), z.record(z.string(), z.number().positive())]).optional(),
  nested: z.strictObject({ widths: z.array(z.number().int()).min(1) }).optional(),
  schedule: z.custom<() => void>((v) => typeof v === 'function', 'a function').optional(),
});

const messageOf = (value: unknown): string => {
  try {
    parseOptions(schema, value, 'fit(options)');
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    return (error as Error).message;
  }
  throw new Error('parseOptions accepted it');
};

describe('parseOptions', () => {
  it('fills defaults, and takes undefined for no options', () => {
    expect(parseOptions(schema, undefined, 'x')).toEqual({ epochs: 10 });
    expect(parseOptions(schema, { epochs: 3, rate: { a: 1 } }, 'x')).toEqual({
      epochs: 3,
      rate: { a: 1 },
    });
  });

  it.each([
    [
      { epoch: 3 },
      'fit(options): unknown option `epoch`; did you mean `epochs`? Known: epochs, batchSize',
    ],
    [{ batchsize: 3 }, 'did you mean `batchSize`?'],
    [{ zzz: 3 }, 'fit(options): unknown option `zzz`. Known: epochs,'],
    [{ batchSize: -3 }, 'fit(options): `batchSize` must be a number ≥ 1, got -3.'],
    [{ batchSize: 9999 }, '`batchSize` must be a number ≤ 4096, got 9999.'],
    [{ batchSize: 1.5 }, '`batchSize` must be a whole number, got 1.5.'],
    [{ batchSize: NaN }, '`batchSize` must be a finite number, got NaN.'],
    [{ batchSize: Infinity }, '`batchSize` must be a finite number, got Infinity.'],
    [{ batchSize: '64' }, '`batchSize` must be a number, got "64".'],
    [{ decoder: 'dense' }, '`decoder` must be one of "joint", "warp", got "dense".'],
    [{ rate: -1 }, '`rate` must be a number > 0, got -1.'],
    [{ rate: 'fast' }, '`rate` must be a number or a record, got "fast".'],
    [{ rate: { head: -1 } }, '`rate.head` must be a number > 0, got -1.'],
    [{ nested: {} }, '`nested.widths` is missing: expected an array.'],
    [{ nested: { widths: [] } }, '`nested.widths` must be an array with ≥ 1 items, got [].'],
    [{ nested: { widths: [1, 'a'] } }, '`nested.widths[1]` must be a number, got "a".'],
    [
      { nested: { widths: [1], width: 2 } },
      'unknown option `nested.width`; did you mean `widths`?',
    ],
    [{ schedule: 'linear' }, '`schedule` must be a function, got "linear".'],
    [null, 'the options must be an object, got null.'],
    [[1], 'the options must be an object, got [1].'],
  ])('%j → one clear sentence', (value, text) => {
    expect(messageOf(value)).toContain(text);
  });

  it('tells all faults at once', () => {
    const message = messageOf({ epochs: 0, decoder: 3 });
    expect(message).toContain('2 options are wrong');
    expect(message).toContain('`epochs`');
    expect(message).toContain('`decoder`');
  });

  it('suggests nested keys under every wrapper', () => {
    const inner = z.strictObject({ divergence: z.number().default(1) });
    const wrapped = [
      inner.optional(),
      inner.default({ divergence: 2 }),
      inner.prefault({}),
      inner.nullable().readonly(),
      inner.transform((weights) => weights),
    ];
    for (const weights of wrapped) {
      const parse = (): unknown =>
        parseOptions(z.strictObject({ weights }), { weights: { divergense: 1 } }, 'f');
      expect(parse).toThrow('`weights.divergense`; did you mean `divergence`?');
    }
  });

  it('refuses unknown keys also where the schema would strip them', () => {
    expect(() => parseOptions(z.object({ a: z.number() }), { a: 1, b: 2 }, 'f')).toThrow(/`b`/);
  });
});

describe('nearestName', () => {
  it('finds a name with one typing error', () => {
    const names = ['epochs', 'batchSize', 'learningRate', 'weightDecay', 'clipNorm'];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.nat(20),
        fc.constantFrom('x', '_', ''),
        (name, at, c) => {
          const place = at % name.length;
          const wrong = name.slice(0, place) + c + name.slice(place + 1);
          expect(nearestName(wrong, names)).toBe(name);
        },
      ),
    );
  });

  it('suggests nothing for a stranger', () => {
    expect(nearestName('zebra', ['epochs', 'seed'])).toBeUndefined();
  });
});
