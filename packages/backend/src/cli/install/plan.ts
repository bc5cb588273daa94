/** What `install tensorflow` was asked for. */
export interface Wanted {
  readonly gpu: boolean;
  readonly version: string;
}

/** The newest version that was tried with tfjs-node. */
export const DEFAULT_VERSION = '2.21.0';

/** The version of tfjs that this package is made for. */
export const TFJS_VERSION = '4.22.0';

export const nodePackage = ({ gpu }: Wanted): string =>
  gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';

/** What pip is asked for. */
export const requirement = ({ gpu, version }: Wanted): string =>
  `${gpu ? 'tensorflow' : 'tensorflow-cpu'}==${version}`;

/**
 * The CUDA libraries a `tensorflow` wheel asks for with its extra `and-cuda`, as pip's requirements.
 * Not the CUDA compiler: it serves XLA, which tfjs-node does not use, and brings no library.
 */
export function cudaRequirements(metadata: string): string[] {
  const requirements: string[] = [];
  for (const line of metadata.split('\n')) {
    const [, name, versions, marker] =
      /^Requires-Dist:\s*([\w.-]+)\s*\(?([^;)]*)\)?\s*;(.*)$/.exec(line) ?? [];
    if (!name?.startsWith('nvidia-') || name.includes('nvcc')) continue;
    if (/extra\s*==\s*["']and-cuda["']/.test(marker!)) {
      requirements.push(name + versions!.replace(/\s/g, ''));
    }
  }
  return requirements;
}

interface PipTarget {
  /** Node's name of the processor: x64 or arm64. */
  readonly arch: string;
  /** The machine's C library, such as `2.36`: a wheel for a later one would not load. */
  readonly glibc: string;
  /** The Python whose wheels to take: we need the C++ libraries, which are the same in all. */
  readonly python: string;
}

/** Pythons whose wheels are asked for, in order: the first one has most of TensorFlow's versions. */
export const WHEEL_PYTHONS = ['3.11', '3.13'];

/** Arguments of `python -m pip` that fetch one wheel and nothing that it depends on. */
export function pipArguments(what: string, folder: string, target: PipTarget): string[] {
  const machine = target.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const [, minor] = target.glibc.split('.').map(Number) as [number, number];
  const platforms = [`manylinux2014_${machine}`, `manylinux1_${machine}`];
  for (let m = minor; m >= 5; m--) platforms.push(`manylinux_2_${m}_${machine}`);
  return [
    ...['download', '--no-deps', '--only-binary=:all:', '--dest', folder],
    ...['--implementation', 'cp', '--python-version', target.python],
    ...['--abi', `cp${target.python.replace('.', '')}`, '--abi', 'abi3', '--abi', 'none'],
    ...platforms.flatMap((platform) => ['--platform', platform]),
    what,
  ];
}

/** Where the libraries of a TensorFlow wheel go, below tfjs-node's `deps/`; other files undefined. */
export function libraryTargets(name: string): string[] | undefined {
  const [, base] = /^tensorflow\/(libtensorflow_(?:cc|framework))\.so\.2$/.exec(name) ?? [];
  if (!base) return undefined;
  // The linker looks for lib….so, the loader for the name that the library itself bears.
  return [`lib/${base}.so.2`, `lib/${base.replace('_cc', '')}.so`];
}

/**
 * Where a CUDA library goes: TensorFlow's own libraries, in `deps/lib`, look for it at
 * $ORIGIN/../nvidia/…/lib.
 */
export function cudaTarget(name: string): string | undefined {
  return /^nvidia\/[\w-]+\/lib\/[^/]+\.so[.\d]*$/.test(name) ? name : undefined;
}

/** Bytes that an installation takes while it is going on, wheels included. */
export const neededBytes = ({ gpu }: Wanted): number => (gpu ? 9e9 : 1.5e9);
