/**
 * Scores parent sets: given the parents (ascending column numbers, perhaps none), the cost of each
 * of the `children` with exactly these parents, in nats per row; lower is better. Asked once for
 * each set, so that what depends on the parents alone is computed once for all children.
 */
export type ParentSetScore = (
  parents: readonly number[],
  children: readonly number[],
) => ArrayLike<number>;
