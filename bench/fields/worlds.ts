import type { GeneratedDataset } from '@causal/datasets';

/** A split's pictures and labels on the host; labels on the unit scale. */
export interface HostRows {
  readonly images: Float32Array;
  /** Numbers of a picture. */
  readonly size: number;
  readonly labels: number[][];
}

export function hostRows(data: GeneratedDataset, split: 'train' | 'test'): HostRows {
  const native = data.labels(split);
  const [height, width, channels] = data.imageShape;
  const size = height * width * channels;
  const images = new Float32Array(native.length * size);
  const chunk = 500;
  for (let from = 0; from < native.length; from += chunk) {
    const rows = Array.from({ length: Math.min(chunk, native.length - from) }, (_, i) => from + i);
    const batch = data.batch(split, rows);
    images.set(batch.images.dataSync(), from * size);
    batch.images.dispose();
    batch.labels.dispose();
  }
  return { images, size, labels: native.map((row) => toUnit(data, row)) };
}

/** Native labels on the unit scale of the concepts' ranges. */
export function toUnit(data: GeneratedDataset, row: readonly number[]): number[] {
  return row.map((v, i) => {
    const [low, high] = data.concepts[i]!.range;
    return (v - low) / (high - low);
  });
}
