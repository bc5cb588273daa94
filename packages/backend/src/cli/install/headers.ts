import { dirname, join } from 'node:path/posix';

/**
 * The headers that some sources include, and those that these include, as paths below the include
 * folder: a TensorFlow wheel brings 13,000, the addon needs some forty of them.
 * @param sources text of the C++ files
 * @param read a header's text; undefined where it is not below the include folder
 */
export async function includedHeaders(
  sources: readonly string[],
  read: (path: string) => Promise<string | undefined>,
): Promise<string[]> {
  const found = new Map<string, string>();
  async function follow(text: string, folder: string): Promise<void> {
    for (const [, path] of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]/gm)) {
      for (const candidate of [path!, join(folder, path!)]) {
        if (found.has(candidate)) break;
        const header = await read(candidate);
        if (header === undefined) continue;
        found.set(candidate, header);
        await follow(header, dirname(candidate));
        break;
      }
    }
  }
  for (const source of sources) await follow(source, '.');
  return [...found.keys()].sort();
}
