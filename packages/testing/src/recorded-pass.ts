/** What a model's recipe was told in the last call of its loss. */
export interface Recorded<P, R> {
  readonly pass: P;
  readonly room: R;
}

interface Terms<P, R> {
  terms(pass: P, room: R): unknown;
}

/**
 * Listens to a model: after each call of `loss` the returned function gives the pass and the room that
 * its terms were computed from, so that a test can compute them again on the host.
 */
export function recordPass<P, R>(model: object): () => Recorded<P, R> {
  const holder = model as { recipe: Terms<P, R> };
  const { recipe } = holder;
  let last: Recorded<P, R> | null = null;
  holder.recipe = {
    ...recipe,
    terms(pass, room) {
      last = { pass, room };
      return recipe.terms(pass, room);
    },
  };
  return () => {
    if (!last) throw new Error('recordPass: call loss first.');
    return last;
  };
}
