import { pixelPlaces } from './pixel-places';

it('places pixels on [−1, 1]², x first, row by row', () => {
  expect([...pixelPlaces(2, 3)]).toEqual([-1, -1, 0, -1, 1, -1, -1, 1, 0, 1, 1, 1]);
});
