/** An option is wrong. `problems` holds one sentence for each fault, all of them in `message`. */
export class OptionsError extends TypeError {
  override readonly name = 'OptionsError';

  constructor(
    readonly where: string,
    readonly problems: readonly string[],
  ) {
    super(
      problems.length === 1
        ? `${where}: ${problems[0]}`
        : `${where}: ${problems.length} options are wrong:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}
