import { fileURLToPath } from 'node:url';

/** The path of the running module, in sources as in both builds. */
export function thisFile(): string {
  return typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);
}
