import { mkdtemp, readFile, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelFolder, writeModelFolder } from './model-folder';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'causal-model-')), 'pendulum.causal');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const first = { json: { kind: 'a', size: 1 }, weights: Uint8Array.of(1, 2, 3) };
const second = { json: { kind: 'b', size: 2 }, weights: Uint8Array.of(4, 5) };

describe('writeModelFolder, readModelFolder', () => {
  it('give back the model, and replace an older one without touching other files', async () => {
    await writeModelFolder(folder, first);
    await writeFile(join(folder, 'README.md'), 'mine');
    expect(await readModelFolder(folder)).toEqual(first);
    await writeModelFolder(folder, second);
    expect(await readModelFolder(folder)).toEqual(second);
    expect((await readdir(folder)).sort()).toEqual([
      'README.md',
      'model.json',
      'weights.safetensors',
    ]);
  });

  it('leave one whole model wherever a write is cut short', async () => {
    // The four states between the operations of a write of `second` over `first`.
    const next = async (file: string): Promise<void> => {
      await writeModelFolder(`${folder}-2`, second);
      await rename(join(`${folder}-2`, file), join(folder, `${file}.next`));
    };
    await writeModelFolder(folder, first);
    await next('weights.safetensors');
    expect(await readModelFolder(folder)).toEqual(first);
    await next('model.json');
    expect(await readModelFolder(folder)).toEqual(first);
    await rename(join(folder, 'weights.safetensors.next'), join(folder, 'weights.safetensors'));
    expect(await readModelFolder(folder)).toEqual(second);
    await rename(join(folder, 'model.json.next'), join(folder, 'model.json'));
    expect(await readModelFolder(folder)).toEqual(second);
  });

  it('say what is wrong', async () => {
    await expect(readModelFolder(folder)).rejects.toThrow(
      /no weights.safetensors in .*pendulum.causal/,
    );
    await writeModelFolder(folder, first);
    const text = await readFile(join(folder, 'model.json'), 'utf8');
    await writeFile(join(folder, 'model.json'), text.slice(0, -4));
    await expect(readModelFolder(folder)).rejects.toThrow(/model.json is not JSON/);
    await rm(join(folder, 'model.json'));
    await expect(readModelFolder(folder)).rejects.toThrow(/There is no model.json/);
    await writeFile(join(folder, 'model.json'), text);
    await truncate(join(folder, 'weights.safetensors'), 2);
    await expect(readModelFolder(folder)).rejects.toThrow(/weights.safetensors is damaged/);
  });
});
