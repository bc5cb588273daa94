import type { MicOptions } from '../../mic/characteristic';
import { mic } from '../../mic/statistics';
import { averagePerConcept } from '../../representation/association';
import { type Table, toPair } from '../../representation/table';
import { charts } from './chart';

export interface AssociationPlotOptions {
  /** Names of the labels. Default `label 0`, `label 1`, … */
  readonly names?: readonly string[];
  /** Options of the MIC that each panel's title states. */
  readonly mic?: MicOptions;
}

/**
 * Scatter of each concept's latents (averaged to one number) against its own label, a panel each, with
 * the MIC.
 * @param latents [n, d·k], concept after concept.
 * @param labels [n, d].
 * @returns An SVG.
 */
export async function associationPlot(
  latents: Table,
  labels: Table,
  options: AssociationPlotOptions = {},
): Promise<string> {
  const { Plot, draw } = await charts();
  const pair = toPair(latents, labels, 'associationPlot');
  const scalars = averagePerConcept(pair, 'associationPlot');
  const panels = pair.labels.map((label, i) => {
    const name = options.names?.[i] ?? `label ${i}`;
    return `${name} (MIC ${mic(scalars[i]!, label, options.mic).toFixed(3)})`;
  });
  // Both axes run from 0 to 1 in every panel, for the panels' units differ.
  const unit = (column: Float64Array): Float64Array => {
    const low = column.reduce((a, b) => Math.min(a, b));
    const high = column.reduce((a, b) => Math.max(a, b));
    return column.map((v) => (high > low ? (v - low) / (high - low) : 0.5));
  };
  const points = pair.labels.flatMap((label, i) => {
    const x = unit(label);
    const y = unit(scalars[i]!);
    return Array.from(x, (value, row) => ({ panel: panels[i]!, label: value, latent: y[row]! }));
  });
  return draw({
    width: 60 + 220 * panels.length,
    height: 260,
    fx: { label: null, domain: panels, padding: 0.12 },
    x: { label: 'label, lowest to highest', labelAnchor: 'center', domain: [0, 1], ticks: 2 },
    y: { label: 'latent, lowest to highest', labelAnchor: 'center', domain: [0, 1], ticks: 2 },
    marks: [
      Plot.frame(),
      Plot.dot(points, {
        x: 'label',
        y: 'latent',
        fx: 'panel',
        r: 1.4,
        fill: 'steelblue',
        fillOpacity: 0.5,
      }),
    ],
  });
}
