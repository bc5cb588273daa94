/** Where the crew keeps what its members agree on, in 32-bit cells. */
export const CELL = { state: 0, done: 1, present: 2, failed: 3, spans: 16 } as const;

/** Bytes before the calls. */
export const CALLS_AT = 1024;

/** Looks for work so often before it sleeps: a few tens of microseconds. */
const SPINS = 10_000;

/** A member without work for so long goes home; it is called back when there is some. */
const IDLE_MS = 20_000;

/**
 * What a member of the crew runs: plain JavaScript, so that no bundler has to find a file of it.
 *
 * `state` is a job's number (15 bits), the count of its portions and the next free one (8 bits
 * each). Whoever moves it on from `next` to `next + 1` owns that portion: calls from spans[2i] to
 * spans[2i + 1], each a function's number, the count of its arguments and these.
 */
export const workerProgram = `
const begin = ({ module, memory, control, names }, leave) => {
  const env = { memory, sin: Math.sin, cos: Math.cos };
  const { exports } = new WebAssembly.Instance(module, { env });
  const functions = names.map((name) => exports[name]);
  const cells = new Int32Array(control, 0, ${CALLS_AT / 4});
  const calls = new Float64Array(control, ${CALLS_AT});
  Atomics.add(cells, ${CELL.present}, 1);
  for (let spins = 0; ; ) {
    const state = Atomics.load(cells, ${CELL.state});
    const next = state & 255;
    if (next === ((state >> 8) & 255)) {
      if (++spins < ${SPINS}) continue;
      spins = 0;
      if (Atomics.wait(cells, ${CELL.state}, state, ${IDLE_MS}) === 'timed-out') break;
      continue;
    }
    if (Atomics.compareExchange(cells, ${CELL.state}, state, state + 1) !== state) continue;
    spins = 0;
    try {
      const end = cells[${CELL.spans} + 2 * next + 1];
      for (let at = cells[${CELL.spans} + 2 * next]; at < end; ) {
        const from = at + 2;
        at = from + calls[at + 1];
        functions[calls[from - 2]](...calls.subarray(from, at));
      }
    } catch {
      Atomics.store(cells, ${CELL.failed}, 1);
    }
    Atomics.add(cells, ${CELL.done}, 1);
    Atomics.notify(cells, ${CELL.done});
  }
  Atomics.sub(cells, ${CELL.present}, 1);
  leave();
};
`;
