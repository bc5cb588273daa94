/** A float32 tensor as the native binding reads it. */
export interface NativeTensor {
  readonly type: 'float32';
  readonly location: 'cpu';
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** A session of onnxruntime-node's native binding: synchronous, unlike the public one. */
export interface NativeSession {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
  run(
    feeds: Record<string, NativeTensor>,
    fetches: Record<string, NativeTensor>,
    options: object,
  ): unknown;
}

export interface NativeBinding {
  initOrtOnce(logLevel: number, resultClass: new () => object): void;
  readonly InferenceSession: new () => NativeSession;
}

interface BindingModule {
  readonly binding: NativeBinding;
  initOrt(): void;
}

/**
 * The native part of `onnxruntime-node`, an optional peer for Node.
 * @throws Error telling what to install where it is not there.
 */
export async function loadBinding(): Promise<NativeBinding> {
  // A variable, so that bundlers do not follow it: the package exists in Node only, if at all.
  const specifier = 'onnxruntime-node/dist/binding.js';
  let loaded: BindingModule & { default?: BindingModule };
  try {
    loaded = (await import(
      /* webpackIgnore: true */ /* @vite-ignore */ specifier
    )) as typeof loaded;
  } catch (cause) {
    throw new Error(
      'onnxruntime-node is not installed or does not load here: npm install onnxruntime-node',
      { cause },
    );
  }
  const { binding, initOrt } = loaded.default ?? loaded;
  if (inForeignRealm()) binding.initOrtOnce(2, class {});
  else initOrt();
  return binding;
}

/**
 * Test runners give each file its own built-ins; the package's result class, which checks for its
 * own Float32Array, then refuses what native code made. We read results from the heap, so any class
 * will do there.
 */
function inForeignRealm(): boolean {
  return Object.getPrototypeOf(Uint8Array) !== Object.getPrototypeOf(Float32Array);
}
