import type { EffectMatrix } from '../../interventions/effect-matrix';
import { charts } from './chart';

/**
 * The effect matrix as heat maps side by side: what the model does and what is true. Rows are the
 * concepts that do() sets, columns those that are read; numbers are changes over the column's range.
 * @returns An SVG.
 */
export async function effectMatrixPlot(result: EffectMatrix): Promise<string> {
  const { Plot, draw } = await charts();
  const { concepts } = result;
  const cells = (
    [
      ['model', result.effects],
      ['truth', result.truth],
    ] as const
  ).flatMap(([panel, matrix]) =>
    concepts.flatMap((from, i) =>
      concepts.map((to, j) => ({ panel, from: `do(${from})`, to, effect: matrix[i]![j]! })),
    ),
  );
  const channels = { x: 'to', y: 'from', fx: 'panel' };
  return draw({
    width: 160 + 2 * 64 * concepts.length,
    height: 90 + 44 * concepts.length,
    marginLeft: 90,
    padding: 0.04,
    fx: { label: null, domain: ['model', 'truth'], padding: 0.08 },
    x: { label: null, domain: [...concepts] },
    y: { label: null, domain: concepts.map((name) => `do(${name})`) },
    color: { type: 'diverging', domain: [-1, 1], scheme: 'RdBu' },
    marks: [
      Plot.cell(cells, { ...channels, fill: 'effect' }),
      Plot.text(cells, {
        ...channels,
        text: ({ effect }: { effect: number }) =>
          (Math.abs(effect) < 0.005 ? 0 : effect).toFixed(2),
        fill: ({ effect }: { effect: number }) => (Math.abs(effect) > 0.6 ? 'white' : 'black'),
      }),
    ],
  });
}
