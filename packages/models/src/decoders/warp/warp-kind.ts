import type { DecoderContext, DecoderKind, DecoderPlan } from '../decoder';
import { screenBlocks, type Blocks } from './screening';
import { WarpDecoder, type WarpDecoderOptions } from './warp-decoder';

/** Options of the warp decoder that a user sets. */
export type WarpOptions = Omit<
  WarpDecoderOptions,
  'imageShape' | 'conceptCount' | 'latentSize' | 'blocks' | 'rng'
>;

/** `warp`: pixels screened into blocks, each painted through shifted coordinates. */
export const warpKind: DecoderKind<WarpOptions> = {
  plan({ images, labels }, graph, { imageShape }, { rng, onProgress }) {
    const blocks = screenBlocks({ images, imageShape, labels, graph, rng });
    onProgress?.(1);
    return planOf(blocks, imageShape);
  },
  build(context, options, plan) {
    if (context.freeLatents > 0) {
      throw new RangeError(
        'The warp decoder paints from the concepts alone: set freeLatents: 0, or take a decoder that paints from free latents too (fields, convolution, joint, additive).',
      );
    }
    const { imageShape, conceptCount, latentSize, rng } = context;
    const blocks = blocksOf(plan, context);
    return new WarpDecoder({ imageShape, conceptCount, latentSize, blocks, rng, ...options });
  },
};

function planOf(blocks: Blocks, [height, width]: readonly number[]): DecoderPlan {
  const shape = [height! * width!];
  const variance = Float32Array.from(blocks.variance);
  return {
    json: { blocks: blocks.concepts },
    tensors: {
      assignment: { dtype: 'int32', shape, data: blocks.assignment },
      variance: { dtype: 'float32', shape, data: variance },
    },
  };
}

/** The blocks of a plan. @throws if it has none. */
function blocksOf(
  plan: DecoderPlan | null,
  { imageShape: [height, width] }: Pick<DecoderContext, 'imageShape'>,
): Blocks {
  const concepts = (plan?.json as { blocks?: number[][] } | undefined)?.blocks;
  const assignment = plan?.tensors['assignment']?.data;
  const variance = plan?.tensors['variance']?.data;
  if (
    !concepts ||
    !(assignment instanceof Int32Array && variance instanceof Float32Array) ||
    assignment.length !== height * width
  ) {
    throw new Error(
      'The warp decoder needs screened blocks of as many pixels as the pictures have.',
    );
  }
  return { concepts, assignment, variance: Float64Array.from(variance) };
}
