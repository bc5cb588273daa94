import type { LogEntry } from '../callback';
import { lineChart, type Series } from './line-chart';

/** One chart a loss term (training beside validation), one of the learning rate. */
export function historyCharts(history: readonly LogEntry[]): string {
  if (history.length === 0) return '<p class="muted">No log entries.</p>';
  const names = [...new Set(history.flatMap((entry) => Object.keys(entry.terms)))];
  const validated = history.filter((entry) => entry.validation !== undefined);
  const charts = names.map((name) => {
    const series: Series[] = [
      { name: 'training', points: history.map((entry) => [entry.step, entry.terms[name] ?? NaN]) },
    ];
    if (validated.some((entry) => entry.validation![name] !== undefined)) {
      const points = validated.map((e): [number, number] => [e.step, e.validation![name] ?? NaN]);
      series.push({ name: 'validation', points });
    }
    return lineChart(name, series, 'step');
  });
  charts.push(lineChart('learning rate', learningRates(history), 'step', { straight: true }));
  return `<div class="charts">${charts.join('')}</div>`;
}

function learningRates(history: readonly LogEntry[]): Series[] {
  const byGroup = (entry: LogEntry): Readonly<Record<string, number>> =>
    typeof entry.learningRate === 'number' ? { rate: entry.learningRate } : entry.learningRate;
  return Object.keys(byGroup(history[0]!)).map((group) => ({
    name: group,
    points: history.map((entry) => [entry.step, byGroup(entry)[group] ?? NaN]),
  }));
}
