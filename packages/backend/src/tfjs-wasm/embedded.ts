import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** The address under which tfjs-backend-wasm asks for its module, once we have told it so. */
const ADDRESS = 'embedded:tfjs-backend-wasm-simd.wasm';

const FILES = ['', '-simd', '-threaded-simd'].map((kind) => `tfjs-backend-wasm${kind}.wasm`);

/**
 * The chunk with tfjs-backend-wasm's SIMD module, loaded when it is needed. Ask for it before tfjs
 * starts the backend: tfjs prints what its factory throws, and only says that it did not start.
 */
export async function loadTfjsWasm(): Promise<string> {
  return (await import('./binary.generated')).tfjsWasmBinary;
}

/** tfjs-backend-wasm's SIMD module. */
export async function unpackTfjsWasm(): Promise<Uint8Array<ArrayBuffer>> {
  const tfjsWasmBinary = await loadTfjsWasm();
  const packed = Uint8Array.from(atob(tfjsWasmBinary), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Runs `start` while tfjs-backend-wasm's request for its module is answered with `binary`: nothing
 * is fetched, no file has to be served. Other requests pass.
 */
async function withTfjsWasm<T>(
  binary: Uint8Array<ArrayBuffer>,
  start: () => T | Promise<T>,
): Promise<T> {
  setWasmPaths(Object.fromEntries(FILES.map((file) => [file, ADDRESS])), true);
  const { platform } = tf.env();
  const fetch = platform.fetch.bind(platform);
  platform.fetch = (path, init) =>
    path === ADDRESS ? Promise.resolve(new Response(binary)) : fetch(path, init);
  try {
    return await start();
  } finally {
    // The platform's own method is its class's.
    Reflect.deleteProperty(platform, 'fetch');
  }
}

const served = new WeakSet<object>();

/**
 * Has tfjs start its wasm backend, now and ever after, from the embedded module as `prepare` gives
 * it back.
 */
export function serveTfjsWasm(
  prepare: (binary: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): void {
  const entry = tf.engine().registryFactory['wasm'];
  if (!entry)
    throw new Error("tfjs has no wasm backend any more: tf.removeBackend('wasm') was called.");
  if (served.has(entry)) return;
  served.add(entry);
  const { factory } = entry;
  entry.factory = async () => {
    // The companion shares memory in its own way; tfjs would take its threaded build in
    // cross-origin-isolated pages.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    return withTfjsWasm(prepare(await unpackTfjsWasm()), factory);
  };
}
