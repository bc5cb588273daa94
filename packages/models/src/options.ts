import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';

const network = z.custom<tf.LayersModel>(
  (value) => value instanceof tf.LayersModel,
  'expected a tf.LayersModel',
);

/**
 * Options that every causal autoencoder has, as a zod shape: a model's own schema spreads it into
 * `z.strictObject({ ...causalShape, … })`.
 */
export const causalShape = {
  /**
   * g₃. `'warp'`: pixels screened into blocks, each painted through shifted coordinates (do()
   * extrapolates); `'joint'`: one dense network on all latents; or your own tf.LayersModel from
   * [d·latentSize] to the picture's shape. Default `'warp'`.
   */
  decoder: z.union([z.enum(['warp', 'joint']), network]).default('warp'),
  /** Your own tf.LayersModel from pictures to features. Default: a small convolutional network. */
  encoder: network.optional(),
  /** The concept graph: `'learn'` (default; exact search on the labels), or a DAG of yours. */
  graph: z.union([z.literal('learn'), z.array(z.array(z.number()))]).default('learn'),
  /** Latent dimensions of each concept, k. Default 1. */
  latentSize: z.int().min(1).max(64).default(1),
  /** Options of the warp decoder. */
  warp: z
    .strictObject({
      /** Pixels drawn a step. */
      samplePixels: z.int().min(16).default(256),
      /** Coordinates of each block, m. */
      coordinates: z.int().min(1).default(8),
      /** Hidden units of each block, h. */
      hidden: z.int().min(1).default(48),
      /** Octaves of Fourier features. */
      octaves: z.int().min(1).max(8).default(4),
      /** Let the shifts of blocks of several concepts bend. */
      bendShared: z.boolean().default(false),
      /** Learned coordinates φ(p), for shapes that no linear coordinate moves rigidly. */
      learnedCoordinates: z.boolean().default(false),
    })
    .prefault({}),
  /** Start of log σ of the noise. Default 0. */
  initialLogSigma: z.number().min(-6).max(1).default(0),
  /** Steps of fitting the mechanisms (effects from causes) to the labels. Default 1500. */
  mechanismSteps: z.int().min(1).default(1500),
} as const;

/** The shared options with defaults filled in. */
export type CausalOptions = z.output<z.ZodObject<typeof causalShape, z.core.$strict>>;
