import * as tf from '@tensorflow/tfjs';
import { addressOf } from '../wasm-backend';
import type { KernelDefinition } from './registry';

interface GridAttributes {
  readonly side: number;
  /** The grid spans [−reach, reach]. */
  readonly reach: number;
}

/** Cells from 0 to side − 1 as an affine map of places. */
const affine = ({ side, reach }: GridAttributes): [number, number] => [
  (side - 1) / (2 * reach),
  (side - 1) / 2,
];

/** Reads cells [side², channels] bilinearly at places [rows, 2]; channels a multiple of four. */
export const gridRead: KernelDefinition = {
  name: 'GridRead',
  run({ inputs, attrs, backend, hot }) {
    const { cells, places } = inputs as Record<'cells' | 'places', tf.TensorInfo>;
    const grid = attrs as unknown as GridAttributes;
    const rows = places.shape[0]!;
    const channels = cells.shape[1]!;
    const y = backend.makeOutput([rows, channels], 'float32');
    const at = (t: tf.TensorInfo): number => addressOf(backend, t);
    const [scale, middle] = affine(grid);
    hot.companion.gridRead(
      at(places),
      8,
      at(cells),
      at(y),
      4 * channels,
      rows,
      grid.side,
      channels,
      scale,
      middle,
    );
    return y;
  },
};

/** What {@link gridRead} sends back to cells and places. */
export const gridReadGrad: KernelDefinition<tf.TensorInfo[]> = {
  name: 'GridReadGrad',
  run({ inputs, attrs, backend, hot }) {
    const { cells, places, dy } = inputs as Record<'cells' | 'places' | 'dy', tf.TensorInfo>;
    const grid = attrs as unknown as GridAttributes;
    const rows = places.shape[0]!;
    const channels = cells.shape[1]!;
    const toCells = backend.makeOutput(cells.shape, 'float32');
    const toPlaces = backend.makeOutput(places.shape, 'float32');
    const at = (t: tf.TensorInfo): number => addressOf(backend, t);
    const [scale, middle] = affine(grid);
    hot.companion.zeroFill(at(toCells), tf.util.sizeFromShape(cells.shape));
    hot.companion.gridGradient(
      at(places),
      8,
      at(cells),
      at(dy),
      4 * channels,
      at(toCells),
      at(toPlaces),
      rows,
      grid.side,
      channels,
      scale,
      middle,
    );
    return [toCells, toPlaces];
  },
};
