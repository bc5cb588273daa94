import * as tf from '@tensorflow/tfjs';
import type { NetworkOptions } from '../options';
import type { Decoder, DecoderContext, DecoderKind, DecoderPlan, Examples } from './decoder';
import { BlockSumDecoder, JointDecoder, OwnDecoder } from './dense-decoders';
import { fieldsKind } from './fields/fields-kind';
import { warpKind } from './warp/warp-kind';

type Options = NetworkOptions;
type Name = Exclude<Extract<Options['decoder'], string>, 'auto'>;

const size = ({ decoderWidth, decoderDepth, dropout }: Options): object => ({
  ...(decoderWidth === undefined ? {} : { width: decoderWidth }),
  ...(decoderDepth === undefined ? {} : { depth: decoderDepth }),
  dropout,
});
const oneEach = ({ conceptCount }: DecoderContext): number[][] =>
  Array.from({ length: conceptCount }, (_, i) => [i]);

/** Every decoder by its name. */
const KINDS: Readonly<Record<Name, DecoderKind<Options>>> = {
  warp: {
    plan: warpKind.plan!,
    build: (context, options, plan) => warpKind.build(context, options.warp, plan),
  },
  fields: {
    ...(fieldsKind as unknown as DecoderKind<Options>),
    build: (context, options, plan) => fieldsKind.build(context, options.fields, plan),
  },
  joint: { build: (context, options) => new JointDecoder(context, size(options)) },
  additive: {
    build: (context, options) =>
      new BlockSumDecoder(context, options.blocks ?? oneEach(context), size(options)),
  },
  perConcept: {
    build: (context, options) =>
      new BlockSumDecoder(context, oneEach(context), { ...size(options), mean: true }),
  },
};

/** The kind of decoder that the options name. */
export function decoderKind({ decoder }: Options): DecoderKind<Options> {
  if (decoder === 'auto')
    throw new Error("The decoder is 'auto': it is chosen when fit(data) looks at the data.");
  return decoder instanceof tf.LayersModel ? ownKind(decoder) : KINDS[decoder];
}

/** What was chosen for `decoder: 'auto'`, and why. */
export interface DecoderChoice {
  readonly decoder: 'fields' | 'warp';
  /** One sentence. */
  readonly reason: string;
}

/** Chooses a decoder by what the labels explain of the pictures. */
export async function chooseDecoder(
  ...[examples, graph, context, hooks]: Parameters<NonNullable<DecoderKind['plan']>>
): Promise<DecoderChoice> {
  const plan = await fieldsKind.plan!(fewer(examples, context), graph, context, hooks);
  const { explained } = plan.json as { explained: number };
  const share = `${Math.round(100 * explained)} % of the pictures' variance`;
  return plan.tensors['gates']
    ? { decoder: 'warp', reason: `the labels explain ${share}: decoder 'warp', no free latents` }
    : {
        decoder: 'fields',
        reason: `the labels explain ${share}, the rest is left to free latents: decoder 'fields'`,
      };
}

/** Enough to tell what the labels explain. */
const LOOK_ROWS = 700;

function fewer(
  { images, labels }: Examples,
  { imageShape }: Pick<DecoderContext, 'imageShape'>,
): Examples {
  const count = Math.min(LOOK_ROWS, labels.length);
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  return { images: images.subarray(0, count * size), labels: labels.slice(0, count) };
}

const ownKind = (network: tf.LayersModel): DecoderKind<Options> => ({
  build: (context) => new OwnDecoder(network, context),
});

/** Makes the decoder that the options name. */
export function buildDecoder(
  context: DecoderContext,
  options: Options,
  plan: DecoderPlan | null,
): Decoder {
  return decoderKind(options).build(context, options, plan);
}
