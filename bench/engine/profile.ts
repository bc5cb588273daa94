import * as tf from '@tensorflow/tfjs';

/** Runs `body` with every kernel of the current backend timed, and prints where the time goes. */
export function profileKernels(body: () => void, runs: number): void {
  const backendName = tf.getBackend();
  const totals = new Map<string, { calls: number; ms: number }>();
  for (const kernel of tf.getKernelsForBackend(backendName)) {
    tf.unregisterKernel(kernel.kernelName, backendName);
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) => {
        const start = performance.now();
        const out = kernel.kernelFunc(call);
        const ms = performance.now() - start;
        const shapes = Object.values(call.inputs).map((x) => `[${x?.shape ?? ''}]`);
        const key = `${kernel.kernelName} ${shapes.join(' ')}`;
        const total = totals.get(key) ?? { calls: 0, ms: 0 };
        totals.set(key, { calls: total.calls + 1, ms: total.ms + ms });
        return out;
      },
    });
  }
  const start = performance.now();
  for (let i = 0; i < runs; i++) body();
  const whole = (performance.now() - start) / runs;
  const rows = [...totals].sort((a, b) => b[1].ms - a[1].ms);
  const kernels = rows.reduce((sum, [, { ms }]) => sum + ms, 0) / runs;
  console.log(`step ${whole.toFixed(1)} ms, in kernels ${kernels.toFixed(1)} ms`);
  for (const [key, { calls, ms }] of rows.slice(0, 45)) {
    console.log(
      `${(ms / runs).toFixed(2).padStart(8)} ms ${(calls / runs).toFixed(0).padStart(4)}×  ${key}`,
    );
  }
}
