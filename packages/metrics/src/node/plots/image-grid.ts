import { contactSheet, type Dataset, type Split } from '@causal/datasets';
import * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../../counterfactual-model';
import { requireOracle } from '../../interventions/dataset-oracle';
import { interventionValues } from '../../interventions/walk';
import { escapeXml, FONT } from './chart';

/** A column of pictures under a title. */
export interface GridColumn {
  readonly title: string;
  /** [rows, height, width, 1 or 3] in [0, 1]; not disposed. */
  readonly images: tf.Tensor4D;
}

export interface ImageGridOptions {
  /** SVG units per pixel. Default 2. */
  readonly scale?: number;
  /** Titles of the rows, at their left. Default none. */
  readonly rowTitles?: readonly string[];
}

const GAP = 6;
const TITLE = 18;
const LETTER = 6;

/**
 * Pictures in titled columns: reconstructions, samples, or anything else side by side.
 * @returns An SVG with the pixels embedded.
 * @throws RangeError if the columns differ in shape or there are none.
 */
export function imageGrid(columns: readonly GridColumn[], options: ImageGridOptions = {}): string {
  const { scale = 2, rowTitles } = options;
  const shape = columns[0]?.images.shape;
  if (!shape) throw new RangeError('imageGrid: expected at least one column.');
  const [rows, height, width] = shape;
  if (rowTitles && rowTitles.length !== rows) {
    throw new RangeError(`imageGrid: ${rowTitles.length} row titles for ${rows} rows.`);
  }
  const left = rowTitles ? LETTER * Math.max(...rowTitles.map((t) => t.length)) + 2 * GAP : 0;
  const across = Math.max(width * scale, 40) + GAP;
  const down = height * scale + GAP;
  const parts = columns.map(({ title, images }, j) => {
    if (images.shape.join() !== shape.join()) {
      throw new RangeError(
        `imageGrid: column '${title}' is [${images.shape.join(', ')}], the first [${shape.join(', ')}].`,
      );
    }
    const lines = title
      .split('\n')
      .map(
        (line, k) =>
          `<tspan x="${left + (j + 0.5) * across}" dy="${k === 0 ? 0 : 11}">${escapeXml(line)}</tspan>`,
      );
    const pictures = Array.from({ length: rows }, (_, i) => {
      const uri = dataUri(images, i);
      const box =
        `x="${left + j * across + (across - width * scale) / 2}" y="${2 * TITLE + i * down}" ` +
        `width="${width * scale}" height="${height * scale}"`;
      return (
        `<image ${box} style="image-rendering: pixelated" href="${uri}"/>` +
        `<rect ${box} fill="none" stroke="#ccc"/>`
      );
    });
    return `<text y="${TITLE - 4}">${lines.join('')}</text>${pictures.join('')}`;
  });
  const names = (rowTitles ?? []).map(
    (title, i) =>
      `<text text-anchor="end" x="${left - GAP}" y="${2 * TITLE + i * down + (height * scale) / 2 + 3}">` +
      `${escapeXml(title)}</text>`,
  );
  const size = `width="${left + columns.length * across}" height="${2 * TITLE + rows * down}"`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-size="10" text-anchor="middle" ` +
    `style="background: white; ${FONT}">${names.join('')}${parts.join('')}</svg>`
  );
}

function dataUri(images: tf.Tensor4D, row: number): string {
  const png = tf.tidy(() => contactSheet(images.slice([row], [1]), { gap: 0 }));
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

export interface CounterfactualGridOptions extends ImageGridOptions {
  /** Split that the images come from. Default `'test'`. */
  readonly split?: Split;
  /** Its rows, one a line of the grid. Default the first six. */
  readonly rows?: readonly number[];
  /** Set each concept to its low (5 %) or its high (95 %, default) quantile. */
  readonly level?: 'low' | 'high';
}

/**
 * Images, their reconstructions (where the model has them), and for each concept what the model
 * draws under do() beside the true render.
 * @returns An SVG with the pixels embedded.
 * @throws TypeError if the data set has no true counterfactuals.
 */
export async function counterfactualGrid(
  model: CounterfactualModel,
  data: Dataset,
  options: CounterfactualGridOptions = {},
): Promise<string> {
  const { split = 'test', rows = [0, 1, 2, 3, 4, 5], level = 'high' } = options;
  const oracle = requireOracle('counterfactualGrid', data);
  const values = interventionValues(data, { split });
  const known = rows.map((row) => data.labels(split)[row]!);
  const { images, labels } = await data.batch(split, rows);
  const columns: GridColumn[] = [{ title: 'image', images }];
  try {
    if (model.reconstruct) {
      columns.push({ title: 'recon-\nstruction', images: await model.reconstruct(images) });
    }
    for (const [i, { name }] of data.concepts.entries()) {
      const value = values[i]![level === 'low' ? 0 : 1];
      const made = await model.counterfactual(images, { [name]: value });
      columns.push({ title: `do(${name}\n= ${Number(value.toPrecision(3))})`, images: made });
      const truth = oracle.render(oracle.counterfactual(known, { [name]: value }), { split, rows });
      columns.push({ title: 'true', images: truth });
    }
    return imageGrid(columns, options);
  } finally {
    tf.dispose([labels, ...new Set(columns.map((column) => column.images))]);
  }
}
