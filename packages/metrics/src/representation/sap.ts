import { checkKeys } from '@causal/options';
import { pearson } from './correlation';
import { labelKinds, requireVarying, type ScoredKind, varies } from './labels';
import { average } from './scoring';
import { type Pair, type Table, toPair } from './table';

export interface SapOptions {
  /** Whether each label is an amount or a class; inferred (few integers are classes) by default. */
  readonly kinds?: readonly ScoredKind[];
}

/**
 * Separated attribute predictability: how much better the best single latent predicts a label than
 * the second best, averaged over labels that vary. 0 … 1. The prediction is R² of a line for amounts, and for
 * classes the balanced accuracy of the best threshold, each class against the rest.
 * @see Kumar, Sattigeri & Balakrishnan, "Variational inference of disentangled latent concepts from
 *   unlabeled observations", ICLR 2018.
 */
export function sap(latents: Table, labels: Table, options: SapOptions = {}): number {
  checkKeys(options, ['kinds'], 'sap');
  const pair = toPair(latents, labels, 'sap');
  requireVarying(pair.labels, 'sap');
  return sapOfPair(pair, options);
}

/** @internal {@link sap} on columns. */
export function sapOfPair({ latents, labels }: Pair, options: SapOptions): number {
  const kinds = labelKinds(labels, options.kinds, 'sap');
  return average(
    labels.flatMap((label, j) => {
      if (!varies(label)) return [];
      const scores = latents
        .map((z) =>
          kinds[j] === 'continuous' ? pearson(z, label) ** 2 : thresholdAccuracy(z, label),
        )
        .sort((a, b) => b - a);
      return scores[0]! - (scores[1] ?? 0);
    }),
  );
}

/** Best balanced accuracy of a threshold on z, averaged over classes against the rest. */
function thresholdAccuracy(z: Float64Array, label: Float64Array): number {
  const n = z.length;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  order.sort((a, b) => z[a]! - z[b]!);
  const classes = [...new Set(label)];
  if (classes.length < 2) return 0;
  return average(
    classes.map((value) => {
      const total = label.filter((v) => v === value).length;
      let below = 0; // members of the class at or below the threshold
      let best = 0.5;
      for (let r = 0; r < n; r++) {
        if (label[order[r]!] === value) below++;
        if (r + 1 < n && z[order[r]!] === z[order[r + 1]!]) continue;
        const others = r + 1 - below;
        const balanced = (below / total + 1 - others / (n - total)) / 2;
        best = Math.max(best, balanced, 1 - balanced);
      }
      return best;
    }),
  );
}
