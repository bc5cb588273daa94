/**
 * A signal that fires at the first Ctrl-C (SIGINT) or SIGTERM, so that a run can write its
 * checkpoint. A second one ends the process as ever.
 *
 * Call `release` when the run is over: until then the process does not end of SIGINT by itself.
 */
export function interruptSignal(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const release = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  const onSignal = (name: NodeJS.Signals): void => {
    release();
    controller.abort(new DOMException(`The process was asked to stop (${name}).`, 'AbortError'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { signal: controller.signal, release };
}
