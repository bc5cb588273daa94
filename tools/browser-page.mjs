// The page of tools/browser.mjs: runs the checks on the engine that the address asks for and sends
// what came out to the program that serves it.
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs';
import { availableEngines, setupEngine } from '@causal/backend';
import { lossCurve, operators } from './browser-checks.mjs';

const engine = new URLSearchParams(location.search).get('engine');

async function result() {
  try {
    const chosen = await setupEngine();
    const info = await setupEngine({ engine });
    return {
      chosen,
      available: await availableEngines(),
      info,
      backend: tf.getBackend(),
      isolated: globalThis.crossOriginIsolated,
      operators: await operators(),
      losses: await lossCurve(),
    };
  } catch (error) {
    return { error: String(error?.stack ?? error) };
  }
}

await fetch('/result', { method: 'POST', body: JSON.stringify(await result()) });
