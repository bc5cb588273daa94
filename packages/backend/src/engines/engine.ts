export type EngineName = 'tensorflow' | 'onnxruntime' | 'webgpu' | 'wasm' | 'cpu';

/** One engine: whether it can run here, and how to start it. */
export interface Engine {
  readonly name: EngineName;
  /** What it runs on; more exact once it was probed. */
  readonly device: string;
  /** Does nothing where the engine can run; throws the reason, and what to do, where it cannot. */
  probe(threads: number): Promise<void>;
  /** The same for who asks for it by name, where `probe` also judges whether it is worth it. */
  present?(threads: number): Promise<void>;
  /** Makes it tfjs's current backend; safe to repeat. Returns the threads it uses. */
  start(threads: number): Promise<number>;
}
