/** How well a set of parents accounts for a child. Lower is better; in nats per row. */
export interface LocalScore {
  /** Cost of the child given exactly these parents. */
  readonly cost: number;
  /**
   * Part of `cost` that only prefers, as between equals: no evidence. Directions that rest on it are
   * undecided. Default 0.
   */
  readonly preference?: number;
  /** Further cost for each variable that comes before the child in the order, parent or not. */
  readonly dependence?: ArrayLike<number>;
}

/**
 * Scores parent sets: given the parents (ascending column numbers, perhaps none), the score of each
 * of the `children` with exactly these parents. Asked once for each set, so that what depends on
 * the parents alone is computed once for all children.
 */
export type ParentSetScore = (
  parents: readonly number[],
  children: readonly number[],
) => readonly LocalScore[];
