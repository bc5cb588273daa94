import { join } from 'node:path';
import * as node from './index';

describe('the stand-in for browsers', () => {
  it('has every name of the part for Node, each telling what to do', async () => {
    const file = join(__dirname, '..', '..', 'browser.js');
    const browser = (await import(file)) as Record<string, () => never>;
    expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
    for (const [name, stand] of Object.entries(browser)) {
      expect(stand).toThrow(new RegExp(`^${name} works with files.*RunStore`));
    }
  });
});
