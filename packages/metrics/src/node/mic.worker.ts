/** A thread of {@link parallelMicMatrix}: scores the pairs of columns that it is asked for. */
import { parentPort, workerData } from 'node:worker_threads';
import { characteristicOfRanked } from '../mic/characteristic';
import { rankPoints, type Ranked } from '../mic/ranked';
import { statisticsOf } from '../mic/statistics';
import type { MicAnswer, MicPair, MicWork } from './mic-messages';

const { x, y, options } = workerData as MicWork;

/** Sorts a column when it is first needed. */
function rankedOf(columns: readonly Float64Array[], name: string): (index: number) => Ranked {
  const known = new Map<number, Ranked>();
  return (index) => {
    let ranked = known.get(index);
    if (!ranked) known.set(index, (ranked = rankPoints(columns[index]!, name)));
    return ranked;
  };
}

const [row, column] = [rankedOf(x, 'micMatrix: x'), rankedOf(y, 'micMatrix: y')];

parentPort!.on('message', ({ i, j }: MicPair) => {
  const answer: MicAnswer = {
    i,
    j,
    statistics: statisticsOf(characteristicOfRanked(row(i), column(j), options)),
  };
  parentPort!.postMessage(answer);
});
