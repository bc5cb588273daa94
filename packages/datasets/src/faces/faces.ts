import { checkChoice, checkNumber } from '@causal/options';
import { createRng } from '@causal/random';
import type { GeneratedDataset } from '../dataset';
import { createGenerated } from '../generated';
import { checkGenerated, type GeneratedOptions } from '../generated-options';
import { Canvas } from '../raster/canvas';
import { eachSplit, resolveSizes } from '../splits';
import { drawFace } from './draw';
import type { FaceTraits } from './face';
import { drawFaceLook, NEUTRAL, toLook } from './look';
import { BEARD, graphOf, mechanismsOf, sampleFace, SMILE } from './model';

export interface FacesOptions extends GeneratedOptions {
  /**
   * Which concepts: `'smile'` (default; gender, smile, eyes, mouth) or `'beard'` (age, gender,
   * bald, beard), with the graphs that CausalVAE uses for CelebA.
   */
  readonly concepts?: 'smile' | 'beard';
  /** `'continuous'` (default) labels in [0, 1], or `'binary'` ones as CelebA has. */
  readonly labels?: 'continuous' | 'binary';
  /** Height of the picture over its width, ½ to 2; CelebA's pictures have 218/178. Default 1. */
  readonly aspect?: number;
}

const DEFAULTS = { train: 8000, validation: 0, test: 2000 };
const MODELS = { smile: SMILE, beard: BEARD };

/**
 * Synthetic faces from a known structural causal model over the graphs that CausalVAE (Yang et
 * al. 2021) uses for CelebA, with true counterfactuals, which CelebA has not. Skin, hair colour,
 * pose, light, clothes and background vary freely (`render(labels, like)` keeps those of a row).
 *
 * Concepts in [0, 1]: `gender` (1 male), `smile`, `eyes` (1 open), `mouth` (1 open); or `age`
 * (1 young), `gender`, `bald`, `beard`. Under do() each row keeps its noise; with binary labels,
 * which do not determine it, the more probable outcome is given.
 *
 * 8,000 training and 2,000 test images by default; any number can be had.
 *
 * @throws TypeError for an unknown option, RangeError for a value out of range.
 */
export function faces(options: FacesOptions = {}): GeneratedDataset {
  checkGenerated('faces', options, ['concepts', 'labels', 'aspect']);
  const { size = 64, seed = 1, concepts = 'smile', labels = 'continuous', aspect = 1 } = options;
  checkChoice(concepts, ['smile', 'beard'], 'concepts', 'faces');
  checkChoice(labels, ['continuous', 'binary'], 'labels', 'faces');
  checkNumber(aspect, 'aspect', 'faces', { least: 0.5, most: 2 });
  const model = MODELS[concepts];
  const binary = labels === 'binary';
  if (binary && options.labelNoise) {
    throw new RangeError("faces: labelNoise is for labels: 'continuous', binary ones take none.");
  }
  const height = Math.round(size * aspect);
  const sizes = resolveSizes('faces', options, DEFAULTS, Infinity);
  const rng = createRng(seed).split('faces').split(concepts);
  const canvas = new Canvas(size, height);
  return createGenerated(
    {
      name: 'faces',
      concepts: model.names.map((name) => ({
        name,
        unit: '',
        kind: binary ? 'binary' : 'continuous',
        range: [0, 1],
      })),
      graph: graphOf(model),
      mechanisms: mechanismsOf(model, binary),
      imageShape: [height, size, 3],
      neutralLook: NEUTRAL,
      drawLook: drawFaceLook,
      draw(row, numbers, out, offset) {
        const look = toLook(numbers);
        const drawn = row.map((v, c) => drawnValue(v, binary ? look.strength[c]! : 0));
        const named = Object.fromEntries(model.names.map((name, c) => [name, drawn[c]!]));
        drawFace(canvas, { ...openTraits(look.rest), ...named }, look);
        canvas.toBytes(out, offset);
      },
    },
    eachSplit((split) => {
      const stream = rng.split(`labels/${split}`);
      return Array.from({ length: sizes[split] }, () => sampleFace(model, binary, stream));
    }),
    options,
  );
}

/** 0 is drawn as `weaker`, 1 as 1 − `weaker`; what lies far outside is held near the range. */
function drawnValue(value: number, weaker: number): number {
  const held = Math.min(1.2, Math.max(-0.2, value));
  return held * (1 - 2 * weaker) + weaker;
}

/** Traits that the concepts do not set: varied where that gives nothing away about them. */
function openTraits(rest: readonly number[]): FaceTraits {
  return {
    gender: 0.5,
    smile: 0.2 + 0.3 * rest[0]!,
    eyes: 0.6 + 0.3 * rest[1]!,
    mouth: 0.1 * rest[2]!,
    age: 0.8 + 0.2 * rest[3]!,
    bald: 0,
    beard: 0,
  };
}
