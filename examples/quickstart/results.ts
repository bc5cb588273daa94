import { join } from 'node:path';
import { contactSheet, type GeneratedDataset } from '@causal/datasets';
import { toSvg } from '@causal/graph';
import { counterfactualGrid, type EvaluationDetail } from '@causal/models';
import { htmlReport, type FitResult } from '@causal/training';
import { writeFileAtomic } from '@causal/training/node';
import type { CausalWAE } from '@causal/wae';

export interface Results {
  readonly model: CausalWAE;
  readonly data: GeneratedDataset;
  readonly run: FitResult;
  readonly detail: EvaluationDetail;
  readonly engine: string;
  readonly seconds: number;
  readonly seed: number;
  readonly out: string;
}

/** Writes metrics.json, graph.svg, counterfactuals.png and report.html into the run's folder. */
export async function writeResults(results: Results): Promise<void> {
  const { model, data, run, detail, engine, seconds, seed, out } = results;
  const metrics = {
    dataset: data.name,
    engine,
    seconds: Math.round(seconds * 10) / 10,
    steps: run.steps,
    seed,
    ...detail.metrics,
  };
  const names = data.concepts.map((concept) => concept.name);
  const graph = toSvg(model.adjacency(), { names, truth: data.graph, title: 'Learned graph' });
  const grid = counterfactualGrid(model, data, spread(data.size('test'), 6));
  const picture = contactSheet(grid.pictures, { columns: grid.columns, scale: 2 });
  grid.pictures.dispose();
  await writeFileAtomic(join(out, 'graph.svg'), graph);
  await writeFileAtomic(join(out, 'counterfactuals.png'), picture);
  await writeFileAtomic(
    join(out, 'report.html'),
    report(results, metrics.seconds, graph, picture, grid.headings),
  );
  // Last, since its presence says that the run is complete.
  await writeFileAtomic(join(out, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
}

function report(
  { data, run, detail, engine, seed }: Results,
  seconds: number,
  graph: string,
  picture: Uint8Array,
  headings: readonly string[],
): string {
  const { metrics, effects, error, micByConcept } = detail;
  const names = data.concepts.map((concept) => concept.name);
  const rounded = (value: number): string => value.toFixed(4);
  const judged = metrics.interventions && metrics.counterfactual;
  return htmlReport({
    title: 'CausalWAE on pendulum',
    summary:
      `${run.steps} steps in ${seconds} s on the ${engine} engine, seed ${seed}. ` +
      'Every number is of test pictures, read from the picture alone.',
    facts: [
      {
        label: 'MIC',
        value: rounded(metrics.representation.mic),
        note: 'latents and their labels',
      },
      { label: 'Graph SHD', value: metrics.graph!.shd!, note: 'learned without prior knowledge' },
      ...(judged
        ? [
            {
              label: 'Own effect',
              value: rounded(Math.min(...Object.values(metrics.interventions.own))),
              note: 'lowest of all concepts; 1 is right',
            },
            { label: 'Leak', value: rounded(metrics.interventions.leak), note: '0 is right' },
            {
              label: 'Counterfactual ÷ reconstruction',
              value: metrics.counterfactual.ratio.toFixed(2),
              note: 'error ratio; 1 is the least',
            },
          ]
        : []),
    ],
    sections: [
      {
        title: 'do(), beside the true renders',
        text: 'Each concept is set to the far end of its range. Effects follow, causes stay.',
        figures: [
          {
            kind: 'png',
            data: picture,
            alt: 'Pictures, reconstructions and counterfactuals beside the true ones',
            columns: headings,
          },
        ],
      },
      {
        title: 'Graph',
        figures: [{ kind: 'svg', data: graph, alt: `Learned graph over ${names.join(', ')}` }],
      },
      ...(effects
        ? [
            {
              title: 'Effect matrix',
              text: 'Row: the concept that do() moves from its 5 % to its 95 % quantile. Column: how far each concept then moves, over its range, as an annotator reads it; in brackets what it reads off the true renders.',
              tables: [
                {
                  columns: ['do', ...names],
                  rows: names.map((name, i) => [
                    name,
                    ...names.map(
                      (_, j) =>
                        `${effects.effects[i]![j]!.toFixed(3)} (${effects.truth[i]![j]!.toFixed(3)})`,
                    ),
                  ]),
                },
              ],
            },
          ]
        : []),
      {
        title: 'By concept',
        tables: [
          {
            columns: ['concept', 'MIC', 'own effect', 'changed-region error'],
            rows: names.map((name) => [
              name,
              rounded(micByConcept[name]!),
              effects ? rounded(effects.own[name]!) : '–',
              error ? rounded(error.byConcept[name]!.changedRegion) : '–',
            ]),
          },
        ],
      },
      { title: 'Training', history: run.history },
    ],
  });
}

/** `count` rows spread evenly over `size`. */
function spread(size: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * size) / count));
}
