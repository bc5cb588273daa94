import { type Table, toColumns } from '../representation/table';
import { characteristicOfRanked, checkMicOptions, type MicOptions } from './characteristic';
import { rankPoints } from './ranked';
import { type MicStatistics, statisticsOf } from './statistics';

export interface MicMatrixOptions extends MicOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/**
 * All statistics of the MIC family for every column of one table against every column of another,
 * each column sorted once.
 * @param x [n, p].
 * @param y [n, q].
 * @returns [p][q]: entry [i][j] is that of {@link micStatistics} of column i of x and column j of y.
 * @throws RangeError on different numbers of rows, numbers that are not finite, or bad options.
 */
export async function micMatrix(
  x: Table,
  y: Table,
  options: MicMatrixOptions = {},
): Promise<MicStatistics[][]> {
  checkMicOptions(options, 'micMatrix', ['signal', 'onProgress']);
  const rows = toColumns(x, 'micMatrix: x').map((column) => rankPoints(column, 'micMatrix: x'));
  const columns = toColumns(y, 'micMatrix: y').map((column) => rankPoints(column, 'micMatrix: y'));
  const total = rows.length * columns.length;
  const result: MicStatistics[][] = [];
  let done = 0;
  for (const row of rows) {
    const line: MicStatistics[] = [];
    for (const column of columns) {
      options.signal?.throwIfAborted();
      line.push(statisticsOf(characteristicOfRanked(row, column, options)));
      options.onProgress?.({ done: ++done, total });
      await new Promise((resolve) => setTimeout(resolve)); // other work of the thread gets a turn
    }
    result.push(line);
  }
  return result;
}
