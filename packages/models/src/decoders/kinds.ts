import * as tf from '@tensorflow/tfjs';
import type { NetworkOptions } from '../options';
import type { Decoder, DecoderContext, DecoderKind, DecoderPlan } from './decoder';
import { BlockSumDecoder, JointDecoder, OwnDecoder } from './dense-decoders';
import { fieldsKind } from './fields/fields-kind';
import { warpKind } from './warp/warp-kind';

type Options = NetworkOptions;
type Name = Extract<Options['decoder'], string>;

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
  return decoder instanceof tf.LayersModel ? ownKind(decoder) : KINDS[decoder];
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
