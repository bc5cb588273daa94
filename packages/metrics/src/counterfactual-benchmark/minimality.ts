import type { Dataset } from '@causal/datasets';
import type { CounterfactualModel } from '../counterfactual-model';
import {
  binning,
  type ChangeOptions,
  oneChangeEach,
  requireMechanism,
  walkChanges,
} from './changes';
import {
  type FeatureNetwork,
  featureRows,
  type GaussianEmbedding,
  rowsOf,
} from './feature-network';

export interface Minimality {
  /** Counterfactual latent divergence, ln(.8·e^p₁ + .2·e^p₂) in the mean: 0 to 1, less is better. */
  readonly cld: number;
  /** p₁: share of true pictures with the value set that are no farther from the picture than what was made. */
  readonly nearerToSet: number;
  /** p₂: share of true pictures with the picture's own value that are as far or farther. */
  readonly fartherThanMade: number;
  /** What the distances were measured in. */
  readonly embedding: string;
  /** How many counterfactuals counted: those for which both shares are of something. */
  readonly counted: number;
}

const [TO_SET, OWN] = [0.8, 0.2];

/**
 * Minimality by the counterfactual latent divergence (CLD): a counterfactual should differ from its
 * picture less than true pictures of the value set do, and not more than pictures of its own value do.
 * One concept of each picture, drawn, is put to another value.
 *
 * Distances are KL(counterfactual ‖ picture) of an embedding's Gaussians, over its dimensions in the
 * mean, or mean absolute differences of a network's features. Where the benchmark's code reads the
 * means as log-scales too, this has the divergence as it is defined; a picture does not count among
 * those that it is compared with.
 *
 * @throws As {@link effectiveness}; Error where no counterfactual can be judged.
 * @see Melistas et al., NeurIPS D&B 2024, section 3.
 */
export async function minimality(
  model: CounterfactualModel,
  data: Dataset,
  embedding: FeatureNetwork | GaussianEmbedding,
  options: ChangeOptions = {},
): Promise<Minimality> {
  const known = requireMechanism('minimality', data);
  const list = oneChangeEach('minimality', data, options);
  const place = 'encode' in embedding ? gaussians(embedding) : points(embedding);
  const { split = 'test' } = options;
  const labels = data.labels(split);
  const pictures: { readonly row: number; readonly at: Place }[] = [];
  const made: {
    readonly row: number;
    readonly at: Place;
    readonly concept: number;
    readonly value: number;
  }[] = [];
  await walkChanges('minimality', model, known, list, options, async (changed) => {
    const before = await place.of(changed.images);
    const after = await place.of(changed.made);
    changed.rows.forEach((row, i) => {
      pictures.push({ row, at: before[i]! });
      made.push({ row, at: after[i]!, concept: changed.concept, value: changed.value });
    });
  });
  const bins = data.concepts.map((_, c) => binning(data, labels, c));
  let [cld, nearer, farther, counted] = [0, 0, 0, 0];
  made.forEach(({ row, at, concept, value }, k) => {
    const own = pictures[k]!.at;
    const bin = bins[concept]!;
    const [ownBin, setBin] = [bin(labels[row]![concept]!), bin(value)];
    const moved = place.distance(at, own);
    let [ofSet, within, ofOwn, beyond] = [0, 0, 0, 0];
    for (const other of pictures) {
      if (other.row === row) continue;
      const itsBin = bin(labels[other.row]![concept]!);
      if (itsBin !== setBin && itsBin !== ownBin) continue;
      const distance = place.distance(other.at, own);
      if (itsBin === setBin) {
        ofSet++;
        within += Number(distance <= moved);
      } else {
        ofOwn++;
        beyond += Number(distance >= moved);
      }
    }
    if (ofSet === 0 || ofOwn === 0) return;
    counted++;
    const [p1, p2] = [within / ofSet, beyond / ofOwn];
    nearer += p1;
    farther += p2;
    cld += Math.log(TO_SET * Math.exp(p1) + OWN * Math.exp(p2));
  });
  if (counted === 0) {
    throw new Error(
      'minimality: no picture has others of its own value and of the value set; raise `count`.',
    );
  }
  return {
    cld: cld / counted,
    nearerToSet: nearer / counted,
    fartherThanMade: farther / counted,
    embedding: embedding.name,
    counted,
  };
}

/** Where a picture lies: features, or means and then log standard deviations. */
type Place = readonly number[];

interface Places {
  of(images: Parameters<FeatureNetwork['features']>[0]): Promise<Place[]>;
  distance(from: Place, to: Place): number;
}

function points(network: FeatureNetwork): Places {
  return {
    of: (images) => featureRows(network, images),
    distance: (a, b) => a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / a.length,
  };
}

function gaussians(embedding: GaussianEmbedding): Places {
  return {
    of: async (images) => {
      const { mean, logScale } = await embedding.encode(images);
      const [means, scales] = [await rowsOf(mean), await rowsOf(logScale)];
      return means.map((row, i) => [...row, ...scales[i]!]);
    },
    distance: (q, p) => klOfGaussians(q, p),
  };
}

/** KL(q ‖ p) of diagonal Gaussians given as means, then log standard deviations; mean over dimensions. */
export function klOfGaussians(q: Place, p: Place): number {
  const k = q.length / 2;
  let sum = 0;
  for (let i = 0; i < k; i++) {
    const [logQ, logP] = [q[k + i]!, p[k + i]!];
    const variance = Math.exp(2 * logQ) + (q[i]! - p[i]!) ** 2;
    sum += logP - logQ + variance / (2 * Math.exp(2 * logP)) - 0.5;
  }
  return sum / k;
}
