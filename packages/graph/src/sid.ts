import { adjustmentDistance } from './adjustment-distance';
import type { Matrix } from './matrix';

/**
 * Structural intervention distance (Peters & Bühlmann 2015): the number of ordered pairs i ≠ j for
 * which the effect of do(i) on j, computed in the true model by adjusting for the parents that the
 * estimate gives i, is wrong for some distribution of the true graph. Between 0 and d(d − 1); 0 on
 * the truth, and on every DAG that contains it. Not symmetric.
 *
 * Parents of the cause are answered "no effect". A reachability search for each i, so d = 100 is quick.
 *
 * @throws CycleError if one of the two is no DAG (see makeAcyclic); RangeError on other shapes.
 */
export function sid(estimate: Matrix, truth: Matrix): number {
  return adjustmentDistance(estimate, truth, { strategy: 'parent' });
}
