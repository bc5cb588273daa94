import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { fingerprints } from './fingerprints';

const HERE = import.meta.dirname;

/**
 * Whether the drawn data sets have the same bytes in a headless browser as here.
 * @param browser Command of a Chromium or Chrome.
 */
export async function sameBitsInBrowser(browser: string): Promise<boolean> {
  const dir = mkdtempSync(join(tmpdir(), 'causal-browser-'));
  try {
    const { outputFiles } = await build({
      stdin: {
        contents:
          "import { fingerprints } from './fingerprints'; document.body.textContent = JSON.stringify(fingerprints());",
        resolveDir: HERE,
      },
      bundle: true,
      write: false,
      format: 'iife',
      conditions: ['@causal/source'],
      logLevel: 'error',
    });
    const script = outputFiles[0]!.text.replaceAll('</script', '<\\/script');
    const page = join(dir, 'page.html');
    writeFileSync(page, `<!doctype html><meta charset="utf-8"><body><script>${script}</script>`);
    const dom = execFileSync(
      browser,
      ['--headless', '--no-sandbox', '--disable-gpu', '--dump-dom', `file://${page}`],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 26 },
    );
    const found = /<body>(\{.*?\})/.exec(dom)?.[1];
    const there = found ? (JSON.parse(found) as Record<string, string>) : {};
    let same = true;
    for (const [name, hash] of Object.entries(fingerprints())) {
      const equal = there[name] === hash;
      same &&= equal;
      console.log(
        `${name.padEnd(18)} here ${hash}, browser ${there[name] ?? '—'}: ${equal ? 'same' : 'DIFFERENT'}`,
      );
    }
    return same;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
