/** What shows how the stages before a training go on. */
export interface ProgressReporter {
  /**
   * A stage goes on; the stage before is then over. Can be handed on as an `onStage` option.
   * @param name What is being done, such as `'screening'`.
   * @param share Part of it that is done, in [0, 1].
   */
  readonly stage: (name: string, share: number) => void;
  /** No stage goes on any more: call it also where one failed. */
  readonly end: () => void;
}

export interface ProgressReporterOptions {
  /**
   * What standard error shows (Node): `true` a bar on a terminal, plain lines elsewhere; `false`
   * nothing. Default: a bar on a terminal; elsewhere a line every ten seconds.
   */
  readonly progress?: boolean;
  /** Where to write (Node). Default standard error. */
  readonly stream?: NodeJS.WriteStream;
}

/** Where there is no terminal and nobody asked for progress: seconds before a line, between two. */
export const RARELY = { after: 10, every: 10, short: false } as const;

/** Whether there is somewhere to show progress: not in browsers and workers of theirs. */
export const canShowProgress = (): boolean =>
  typeof process === 'object' && process.stderr !== undefined;

/**
 * Shows stages before a training as `fit` shows the training itself: on a terminal a bar, elsewhere
 * lines. Where there is no standard error (in browsers) nothing is shown.
 *
 * @example
 * const reporter = await progressReporter({ progress: options.progress });
 * try {
 *   await prepare({ onStage: reporter.stage }); // calls onStage('screening', 0.3) now and then
 * } finally {
 *   reporter.end();
 * }
 */
export async function progressReporter(
  options: ProgressReporterOptions = {},
): Promise<ProgressReporter> {
  if (options.stream === undefined && !canShowProgress()) return { stage() {}, end() {} };
  return (await import('./node/index')).stageReporter(options);
}
