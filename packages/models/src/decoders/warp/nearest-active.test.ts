import { nearestActive } from './nearest-active';

it('gives unmarked pixels the mark of the nearest marked one', () => {
  const marks = Int32Array.from([-1, -1, -1, 5, 7, -1, -1, -1, -1]); // 3 × 3: 5 in row 1, 7 beside it
  expect([...nearestActive(marks, 3)]).toEqual([5, 7, 7, 5, 7, 7, 5, 7, 7]);
});
