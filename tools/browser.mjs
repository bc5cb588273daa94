// Our engines in a real browser: `node tools/browser.mjs` trains a small model in headless Chromium
// on wasm (with and without cross-origin isolation) and on webgpu (by Chromium's software adapter),
// and compares with the same in Node. CHROMIUM names the browser; without one nothing is tested, and
// it says so. The pages may fetch nothing but their scripts: a request for a .wasm file fails.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { ROOT, execute } from './workspace.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const TIMEOUT = 180_000;

function findBrowser() {
  if (process.env['CHROMIUM']) return process.env['CHROMIUM'];
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // not there
      }
    }
  }
  return undefined;
}

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src blob:";

/** Serves the page and its scripts; `opened` gives what the next page sends and what it asked for. */
async function serve(folder) {
  let asked = [];
  let deliver;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (pathname === '/result') {
      let text = '';
      request.on('data', (part) => (text += part));
      request.on('end', () => {
        response.end();
        deliver?.({ result: JSON.parse(text), asked });
      });
      return;
    }
    if (pathname !== '/favicon.ico') asked.push(pathname);
    const isolation = {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    };
    if (pathname === '/') {
      response.writeHead(200, {
        'Content-Type': 'text/html',
        'Content-Security-Policy': POLICY,
        ...(searchParams.has('isolated') ? isolation : {}),
      });
      response.end('<!doctype html><script type="module" src="/browser-page.js"></script>');
      return;
    }
    try {
      const script = readFileSync(join(folder, pathname.replaceAll('..', '')));
      response.writeHead(200, {
        'Content-Type': 'text/javascript',
        'Cross-Origin-Resource-Policy': 'same-origin',
      });
      response.end(script);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    close: () => server.closeAllConnections() ?? server.close(),
    opened: () => {
      asked = [];
      return new Promise((resolve) => (deliver = resolve));
    },
  };
}

/** Opens a page and waits for what it sends. */
async function open(browser, server, query, flags) {
  const profile = mkdtempSync(join(tmpdir(), 'causal-browser-'));
  const opened = server.opened();
  const child = spawn(
    browser,
    [
      '--headless',
      '--no-sandbox',
      `--user-data-dir=${profile}`,
      ...flags,
      `http://localhost:${server.port}/?${query}`,
    ],
    { stdio: 'ignore', detached: true },
  );
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('The page sent nothing in time.')), TIMEOUT);
    child.on('error', reject);
  });
  try {
    return await Promise.race([opened, late]);
  } finally {
    clearTimeout(timer);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    try {
      process.kill(-child.pid, 'SIGKILL'); // it and its helpers
      await ended;
    } catch {
      // never started
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The same checks in Node. */
async function inNode(engine) {
  const program =
    "import { setupEngine } from '@causal/backend';" +
    "import { lossCurve, operators } from './tools/browser-checks.mjs';" +
    `await setupEngine({ engine: '${engine}' });` +
    'console.log("result=" + JSON.stringify({ operators: await operators(), losses: await lossCurve() }));' +
    'process.exit(0);';
  const { output } = await execute(
    process.execPath,
    ['--conditions=@causal/source', '--import', 'tsx', '--input-type=module', '-e', program],
    { quiet: true, cwd: ROOT },
  );
  const line = /^result=(.+)$/m.exec(output);
  if (!line) throw new Error(`Node gave no result:\n${output}`);
  return JSON.parse(line[1]);
}

/** The largest difference of two lists, relative to the largest number of the first. */
function difference(expected, actual) {
  if (expected.length !== actual?.length) return Infinity;
  const scale = Math.max(1e-6, ...expected.map(Math.abs));
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - actual[i])));
  return Number.isNaN(worst) ? Infinity : worst / scale;
}

let passed = 0;
let failed = 0;
function check(name, right, shown = '') {
  if (right) passed++;
  else failed++;
  console.log(`${right ? 'ok    ' : 'FAILED'} ${name}${shown && `: ${shown}`}`);
}

function compare(name, expected, actual, tolerance) {
  const worst = difference(expected, actual);
  check(name, worst <= tolerance, `difference ${worst.toExponential(1)}`);
}

const browser = findBrowser();
if (browser) {
  const folder = mkdtempSync(join(tmpdir(), 'causal-page-'));
  try {
    await build({
      entryPoints: [join(ROOT, 'tools/browser-page.mjs')],
      outdir: folder,
      bundle: true,
      format: 'esm',
      splitting: true,
      minify: true,
      platform: 'browser',
      conditions: ['@causal/source'],
      logLevel: 'error',
    });
    const server = await serve(folder);
    const reference = await inNode('wasm');
    const plain = await inNode('cpu');
    const gpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
    for (const [name, engine, query, flags] of [
      ['wasm', 'wasm', '', ['--disable-gpu']],
      ['wasm, cross-origin isolated', 'wasm', '&isolated', ['--disable-gpu']],
      ['webgpu by a software adapter', 'webgpu', '', gpu],
    ]) {
      const { result, asked } = await open(
        browser,
        server,
        `engine=${engine}${query}`,
        flags,
      ).catch((error) => ({ result: { error: String(error) }, asked: [] }));
      const { info } = result;
      check(
        `${name}: starts`,
        info?.name === engine && result.backend === engine,
        result.error ?? `${info.device}, threads ${info.threads}`,
      );
      if (result.error) continue;
      check(
        `${name}: the page asked for its scripts only`,
        asked.every((path) => path === '/' || path.endsWith('.js')),
        asked.join(' '),
      );
      check(
        `${name}: auto takes wasm`,
        result.chosen.name === 'wasm',
        result.chosen.reasons.webgpu,
      );
      if (query === '&isolated') check(`${name}: is isolated`, result.isolated);
      if (engine === 'wasm') {
        compare(`${name}: losses as in Node`, reference.losses, result.losses, 1e-6);
      } else compare(`${name}: losses as on cpu`, plain.losses, result.losses, 1e-3);
      for (const [operator, values] of Object.entries(plain.operators)) {
        compare(`${name}: ${operator} as on cpu`, values, result.operators[operator], 2e-5);
      }
    }
    server.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  console.log(
    `No Chromium here (looked for ${NAMES.join(', ')}): nothing was tested in a browser. ` +
      'Install one, or name it by CHROMIUM=….',
  );
}
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
