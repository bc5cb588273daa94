import { contactSheet, type GeneratedDataset } from '@causal/datasets';
import { type Annotator, judgeInterventions } from '@causal/metrics';
import * as tf from '@tensorflow/tfjs';
import { writeFileSync } from 'node:fs';
import type { Trainee } from './model';
import { toUnit } from './worlds';

export interface Verdict {
  readonly own: Readonly<Record<string, number>>;
  readonly leak: number;
  readonly leakAt: string;
  readonly descendants: number;
  readonly changedRegion: number;
  readonly changedByConcept: Readonly<Record<string, number>>;
  readonly mae: number;
  /** E − T: rows are do() of each concept, columns what is read. */
  readonly effectErrors: number[][];
}

const round = (v: number, digits = 4): number => Number(v.toFixed(digits));

/** Judges the image model alone: labels of test pictures and counterfactual labels are the true ones. */
export async function judge(
  trainee: Trainee,
  data: GeneratedDataset,
  annotator: Annotator,
  count: number,
): Promise<Verdict> {
  const all = data.labels('test');
  const rowOf = new Map<string, number>();
  const chunk = 100;
  for (let from = 0; from < all.length; from += chunk) {
    const rows = Array.from({ length: Math.min(chunk, all.length - from) }, (_, i) => from + i);
    const { images, labels } = data.batch('test', rows);
    fingerprints(images).forEach((mark, i) => rowOf.set(mark, rows[i]!));
    tf.dispose([images, labels]);
  }
  const labelsOf = (images: tf.Tensor4D): number[][] =>
    fingerprints(images).map((mark) => [...all[rowOf.get(mark)!]!]);
  const unit = (rows: readonly (readonly number[])[]): number[][] =>
    rows.map((row) => toUnit(data, row));
  const model = {
    counterfactual: (images: tf.Tensor4D, interventions: Readonly<Record<string, number>>) =>
      trainee.render(unit(data.counterfactual(labelsOf(images), interventions)), images),
    reconstruct: (images: tf.Tensor4D) => trainee.render(unit(labelsOf(images)), images),
  };
  const { effects, error } = await judgeInterventions(model, data, annotator, { count });
  return {
    own: Object.fromEntries(Object.entries(effects.own).map(([k, v]) => [k, round(v)])),
    leak: round(effects.leak),
    leakAt: effects.leakAt ? `${effects.leakAt.from} → ${effects.leakAt.to}` : '',
    descendants: round(effects.descendantsError),
    changedRegion: round(error.changedRegion),
    changedByConcept: Object.fromEntries(
      Object.entries(error.byConcept).map(([k, v]) => [k, round(v.changedRegion)]),
    ),
    mae: round(error.reconstructionMae ?? NaN, 5),
    effectErrors: effects.effects.map((row, i) =>
      row.map((v, j) => round(v - effects.truth[i]![j]!, 3)),
    ),
  };
}

function fingerprints(images: tf.Tensor4D): string[] {
  const values = images.dataSync();
  const size = values.length / images.shape[0];
  return Array.from({ length: images.shape[0] }, (_, i) => {
    let a = 7;
    let b = 0;
    for (let q = i * size; q < (i + 1) * size; q++) {
      const v = Math.round(255 * values[q]!);
      a = (Math.imul(a, 31) + v) | 0;
      b = (Math.imul(b, 131) + v) | 0;
    }
    return `${a} ${b}`;
  });
}

/**
 * Rows of pictures: picture, reconstruction, do() of each concept low and high; the row below is
 * the truth.
 */
export function drawSheet(
  trainee: Trainee,
  data: GeneratedDataset,
  pictures: number,
  file: string,
): void {
  const all = data.labels('test');
  const rows = Array.from({ length: pictures }, (_, i) => Math.floor((i * all.length) / pictures));
  const { images, labels } = data.batch('test', rows);
  const own = rows.map((row) => [...all[row]!]);
  const columns: [tf.Tensor4D, tf.Tensor4D][] = [
    [images, images],
    [
      trainee.render(
        own.map((row) => toUnit(data, row)),
        images,
      ),
      images,
    ],
  ];
  data.concepts.forEach(({ name }, i) => {
    const sorted = all.map((row) => row[i]!).sort((a, b) => a - b);
    for (const q of [0.05, 0.95]) {
      const value = sorted[Math.floor(q * (sorted.length - 1))]!;
      const changed = data.counterfactual(own, { [name]: value });
      columns.push([
        trainee.render(
          changed.map((row) => toUnit(data, row)),
          images,
        ),
        data.render(changed, { split: 'test', rows }),
      ]);
    }
  });
  const sheet = tf.tidy(() =>
    tf.concat(
      rows.flatMap((_, i) =>
        [0, 1].flatMap((which) => columns.map((pair) => pair[which as 0 | 1]!.slice(i, 1))),
      ),
    ),
  ) as tf.Tensor4D;
  writeFileSync(file, contactSheet(sheet, { columns: columns.length, gap: 0, scale: 2 }));
  tf.dispose([sheet, labels, ...columns.flat()]);
}
