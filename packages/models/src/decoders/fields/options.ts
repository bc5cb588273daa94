import { z } from 'zod';

/** Options of the `fields` decoder as a zod schema: sizes of its parts and weights of its penalties. */
export const fieldsOptions = z.strictObject({
  /** Hidden units of each concept's field. */
  fieldWidth: z.int().min(1).max(512).default(32),
  /** Octaves of sine and cosine of the place that fields see. */
  octaves: z.int().min(0).max(10).default(4),
  /** Coordinates of the canonical picture beside the two places. */
  ambient: z.int().min(0).max(16).default(3),
  /** Codes of the free latents that move one further field (turning, widths); 0 for none. */
  poseCodes: z.int().min(0).max(16).default(2),
  /** Sines of the canonical picture. */
  waves: z.int().min(1).max(1024).default(64),
  /** Cells along a side of each bilinear feature grid. */
  grids: z.array(z.int().min(2).max(512)).max(4).default([16, 48]),
  /** Numbers in each cell. */
  gridChannels: z.int().min(1).max(64).default(8),
  /** Hidden units of the canonical picture's network. */
  pictureWidth: z.int().min(1).max(512).default(64),
  /** Colours of the palette. */
  palette: z.int().min(2).max(256).default(16),
  /** Pixels drawn of each picture a step. */
  samplePixels: z.int().min(16).max(1e6).default(176),
  /** Share of the drawing that follows the running squared error. */
  errorShare: z.number().min(0).max(1).default(0.15),
  /** Weight of the mean length of the concepts' fields, falling to 0 over training. */
  fieldSize: z.number().min(0).default(5e-4),
  /** Weight of the fields' variance over gated pixels: keeps shapes where the data allow it. */
  rigidity: z.number().min(0).default(0.05),
});

/** The options with defaults filled in. */
export type FieldsOptions = z.output<typeof fieldsOptions>;
