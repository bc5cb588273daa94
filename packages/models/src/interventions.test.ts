import { ConceptScale } from './concept-scale';
import { toUnitInterventions } from './interventions';

describe('do() in native units', () => {
  const scale = new ConceptScale([
    { name: 'length', unit: 'px', kind: 'continuous', range: [10, 30] },
  ]);
  const unit = (interventions: unknown) => toUnitInterventions(scale, interventions as never);

  it('scales numbers and lists', () => {
    expect(unit({ length: 12 })).toEqual({ length: 0.1 });
    expect(unit({ length: [10, 30] })).toEqual({ length: [0, 1] });
    expect(unit({ length: { shift: 4 } })).toEqual({ length: { shift: 0.2 } });
  });

  it('takes no text apart, and says what it expects of which concept', () => {
    for (const odd of ['12', null, undefined, true, { shfit: 1 }, ['1', 2], { shift: '4' }]) {
      expect(() => unit({ length: odd })).toThrow(TypeError);
      expect(() => unit({ length: odd })).toThrow(/^do\(length\): .*number/);
    }
    expect(() => unit({ length: NaN })).toThrow('do(length): `value` must be a finite number');
    expect(() => unit({ lenght: 1 })).toThrow('Did you mean "length"?');
    for (const odd of ['length', null, [12], new Map([['length', 12]])]) {
      expect(() => unit(odd)).toThrow(/^do\(\): expected an object of values by concept/);
    }
  });
});
