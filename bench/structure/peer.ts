import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Answer {
  readonly edges?: readonly (readonly [from: number, to: number, weight: number])[];
  readonly timeout?: boolean;
  readonly seconds: number;
  readonly cpu: number;
}

export interface Task {
  readonly learner: string;
  readonly file: string;
  readonly limit: number;
  /** What else the script knows. */
  readonly seed?: number;
  readonly options?: Readonly<Record<string, number>>;
}

export interface Peer {
  readonly versions: Readonly<Record<string, string>>;
  ask(task: Task): Promise<Answer>;
  close(): void;
}

/** A Python script of this folder, started once, on one thread. */
export async function startPeer(python: string, name = 'peer.py'): Promise<Peer> {
  const script = fileURLToPath(new URL(name, import.meta.url));
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
    if (done) throw new Error(`${name} ended early; its last words are above.`);
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
