import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { Decoder } from './decoders/decoder';
import { jointNetwork, NetworkDecoder } from './decoders/network';
import { WarpDecoder } from './decoders/warp';
import { ImageEncoder } from './encoder';
import type { Mechanisms } from './mechanisms';
import type { CausalOptions } from './options';
import type { Structure } from './structure';

/** The parts that every causal autoencoder has, once its graph and blocks are known. */
export interface CausalParts {
  readonly structure: Structure;
  readonly encoder: ImageEncoder;
  readonly decoder: Decoder;
  readonly mechanisms: Mechanisms;
  /** A [d, d] as trained; starts at the linear weights of the graph, entries off it are masked. */
  readonly adjacency: tf.Variable;
}

/** Builds encoder, decoder and A from the structure that was found. */
export function buildParts(
  imageShape: readonly [number, number, number],
  options: CausalOptions,
  structure: Structure,
  rng: Rng,
): CausalParts {
  const conceptCount = structure.graph.length;
  return {
    structure,
    encoder: new ImageEncoder({
      imageShape,
      conceptCount,
      latentSize: options.latentSize,
      ...(options.encoder ? { network: options.encoder } : {}),
      initialLogSigma: options.initialLogSigma,
      rng: rng.split('encoder'),
    }),
    decoder: buildDecoder(imageShape, options, structure, rng.split('decoder')),
    mechanisms: structure.mechanisms,
    adjacency: tf.tidy(() => tf.variable(tf.tensor2d(structure.graph))),
  };
}

function buildDecoder(
  imageShape: readonly [number, number, number],
  options: CausalOptions,
  { blocks, graph }: Structure,
  rng: Rng,
): Decoder {
  const inputs = graph.length * options.latentSize;
  if (options.decoder === 'warp') {
    if (!blocks) throw new Error('The warp decoder needs screened blocks.');
    return new WarpDecoder({
      imageShape,
      conceptCount: graph.length,
      latentSize: options.latentSize,
      blocks,
      rng,
      ...options.warp,
    });
  }
  const network =
    options.decoder === 'joint' ? jointNetwork(rng, inputs, imageShape) : options.decoder;
  return new NetworkDecoder(network, inputs, imageShape);
}
