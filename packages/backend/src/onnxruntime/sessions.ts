import type { NativeBinding, NativeSession } from './binding';

/** Gives the session of a model, made once for each name. */
export type Sessions = (name: string, model: () => Uint8Array) => NativeSession;

export function openSessions(binding: NativeBinding, threads: number): Sessions {
  const opened = new Map<string, NativeSession>();
  return (name, model) => {
    let session = opened.get(name);
    if (!session) {
      const bytes = model();
      session = new binding.InferenceSession();
      session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // Idle threads of one session must not keep the processor from the next one.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      });
      opened.set(name, session);
    }
    return session;
  };
}
