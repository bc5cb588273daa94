import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Answer {
  readonly edges?: readonly (readonly [from: number, to: number, weight: number])[];
  readonly timeout?: boolean;
  readonly seconds: number;
  readonly cpu: number;
}

export interface Peer {
  readonly versions: Readonly<Record<string, string>>;
  ask(task: { learner: string; file: string; limit: number }): Promise<Answer>;
  close(): void;
}

/** peer.py, started once, on one thread. */
export async function startPeer(python: string): Promise<Peer> {
  const script = fileURLToPath(new URL('peer.py', import.meta.url));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    OMP_NUM_THREADS: '1',
    OPENBLAS_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
    TQDM_DISABLE: '1',
  };
  // Set on some machines to suit other programs; the peer shall choose its best kernels itself.
  delete env['OPENBLAS_CORETYPE'];
  delete env['OPENBLAS_L2_SIZE'];
  const child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('peer.py ended early; its last words are above.');
    return value as string;
  };
  const versions = JSON.parse(await next()) as Peer['versions'];
  return {
    versions,
    ask: async (task) => {
      child.stdin.write(`${JSON.stringify(task)}\n`);
      return JSON.parse(await next()) as Answer;
    },
    close: () => child.stdin.end(),
  };
}
