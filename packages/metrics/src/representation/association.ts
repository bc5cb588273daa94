import { characteristicMatrix, checkMicOptions, type MicOptions } from '../mic/characteristic';
import { statisticsOf } from '../mic/statistics';
import { average } from './scoring';
import { type Pair, type Table, toPair } from './table';

/** MIC and TIC of each concept's latent with its own label. */
export interface ConceptAssociation {
  /** Mean over concepts. */
  readonly mic: number;
  /** Mean over concepts, each normalised to 0 … 1. */
  readonly tic: number;
  readonly micOf: readonly number[];
  readonly ticOf: readonly number[];
}

/**
 * CausalVAE's representation score: each concept's k latents are averaged to one number, which is
 * scored against the concept's own label by MIC and TIC; then the mean over concepts. Say whether the
 * rows are training or test images when you report it.
 * @param latents [n, d·k], concept after concept; k is the quotient of the widths.
 * @param labels [n, d].
 * @see Yang et al., "CausalVAE", CVPR 2021, section 6; spec of the scores in {@link mic}.
 */
export function conceptAssociation(
  latents: Table,
  labels: Table,
  options: MicOptions = {},
): ConceptAssociation {
  checkMicOptions(options, 'conceptAssociation');
  const pair = toPair(latents, labels, 'conceptAssociation');
  return associationOf(averagePerConcept(pair, 'conceptAssociation'), pair.labels, options);
}

/** One column per concept: the mean of its latents. */
export function averagePerConcept({ latents, labels }: Pair, caller: string): Float64Array[] {
  const k = latents.length / labels.length;
  if (!Number.isInteger(k)) {
    throw new RangeError(
      `${caller}: ${latents.length} latents are no multiple of ${labels.length} labels; expected [n, d·k].`,
    );
  }
  return labels.map((label, concept) =>
    label.map((_, i) => {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += latents[concept * k + j]![i]!;
      return sum / k;
    }),
  );
}

/** @internal Scores column i of `scalars` against column i of `labels`. */
export function associationOf(
  scalars: readonly Float64Array[],
  labels: readonly Float64Array[],
  options: MicOptions,
): ConceptAssociation {
  const scores = labels.map((label, i) =>
    statisticsOf(characteristicMatrix(scalars[i]!, label, options)),
  );
  const micOf = scores.map((score) => score.mic);
  const ticOf = scores.map((score) => score.tic);
  return { mic: average(micOf), tic: average(ticOf), micOf, ticOf };
}
