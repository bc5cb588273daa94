import { withoutSpecks } from './specks';

it('gives small far pieces of a block to their surroundings, and keeps pieces of some size', () => {
  const marks = Int32Array.from([
    0, 0, 0, 0, 0, 0, //
    0, 0, 0, 0, 0, 0,
    1, 1, 1, 1, 1, 0,
    1, 2, 2, 1, 2, 1,
    1, 2, 2, 1, 2, 1,
  ]); // prettier-ignore
  const mass = new Float64Array(30).fill(1);
  mass[17] = 0.1; // the 0 at the right edge of row 2 hangs on the block above: not a speck
  expect([...withoutSpecks(marks, mass, 6)]).toEqual([...marks]);
  mass[22] = 0.1; // the second piece of block 2
  mass[28] = 0.1;
  const cleaned = withoutSpecks(marks, mass, 6);
  expect([cleaned[22], cleaned[28]]).toEqual([1, 1]);
  expect([cleaned[19], cleaned[17]]).toEqual([2, 0]);
});
