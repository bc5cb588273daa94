import { linearScale, logScale, niceScale } from './scale';
import { escapeText, formatNumber } from './text';

export interface Series {
  readonly name: string;
  /** [x, y], by rising x. */
  readonly points: readonly (readonly [number, number])[];
}

const WIDTH = 380;
const HEIGHT = 222;
const LEFT = 50;
const RIGHT = 18;
const TOP = 46;
const BOTTOM = 24;
/** Values that a reader can point at; a longer series is drawn whole, but told in this many places. */
const TOLD_POINTS = 100;
/** A spread of values beyond which a straight axis would hide the small ones. */
const LOG_BEYOND = 20;

/**
 * A small line chart as SVG, coloured by the page's style (`.series-0` and so on). Positive values
 * that spread over more than a factor of 20 get a logarithmic axis (unless `straight`), and the
 * title says so. Values that are not finite are left out.
 */
export function lineChart(
  title: string,
  given: readonly Series[],
  xName: string,
  options: { readonly straight?: boolean } = {},
): string {
  const series = given
    .map(({ name, points }) => ({ name, points: points.filter((p) => p.every(Number.isFinite)) }))
    .filter(({ points }) => points.length > 0);
  if (series.length === 0) return '';
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const ys = series.flatMap(({ points }) => points.map(([, y]) => y));
  const [low, high] = [least(ys), greatest(ys)];
  const logarithmic = !options.straight && low > 0 && high / low > LOG_BEYOND;
  const x = linearScale(least(xs), greatest(xs), 4);
  const y = logarithmic ? logScale(low, high) : niceScale(low, high, 4);
  const px = (value: number): string => (LEFT + x.at(value) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const py = (value: number): string =>
    (HEIGHT - BOTTOM - y.at(value) * (HEIGHT - TOP - BOTTOM)).toFixed(1);

  const label = `${title}, ${series.map((s) => describe(s, xName)).join('; ')}`;
  const parts = [
    `<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(label)}">`,
    `<text class="chart-title" x="0" y="14">${escapeText(title)}${logarithmic ? ' <tspan class="muted">(log)</tspan>' : ''}</text>`,
    ...y.ticks.map(
      (tick) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${py(tick)}" y2="${py(tick)}"/>` +
        `<text class="tick" text-anchor="end" x="${LEFT - 6}" y="${py(tick)}" dy="3.5">${formatNumber(tick)}</text>`,
    ),
    ...x.ticks.map(
      (tick) =>
        `<text class="tick" text-anchor="middle" x="${px(tick)}" y="${HEIGHT - 8}">${formatNumber(tick)}</text>`,
    ),
    ...series.map(({ points }, i) => {
      const line = points.map(([a, b]) => `${px(a)},${py(b)}`).join(' ');
      const [endX, endY] = points.at(-1)!;
      return (
        `<polyline class="line series-${i}" points="${line}"/>` +
        `<circle class="dot series-${i}" cx="${px(endX)}" cy="${py(endY)}" r="3"/>`
      );
    }),
    legend(series),
    ...hoverPoints(series, xName, px),
    '</svg>',
  ];
  return parts.join('');
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
const greatest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));

function describe({ name, points }: Series, xName: string): string {
  const [from, to] = [points[0]!, points.at(-1)!];
  return `${name} from ${formatNumber(from[1])} at ${xName} ${from[0]} to ${formatNumber(to[1])} at ${xName} ${to[0]}`;
}

/** Last values: of one series beside the title, of several with their names below it. */
function legend(series: readonly Series[]): string {
  const last = ({ points }: Series): string => formatNumber(points.at(-1)![1]);
  if (series.length === 1) {
    return `<text class="legend" text-anchor="end" x="${WIDTH - RIGHT}" y="14">${last(series[0]!)}</text>`;
  }
  const entries = series.map(
    (one, i) =>
      `<tspan class="series-${i}"${i > 0 ? ' dx="12"' : ''}>●</tspan>` +
      `<tspan dx="4">${escapeText(one.name)} ${last(one)}</tspan>`,
  );
  return `<text class="legend" x="0" y="32">${entries.join('')}</text>`;
}

/** Invisible columns, each of which says its values when pointed at. */
function hoverPoints(
  series: readonly Series[],
  xName: string,
  px: (value: number) => string,
): string[] {
  const longest = series.reduce((a, b) => (b.points.length > a.points.length ? b : a)).points;
  const step = Math.max(1, Math.ceil(longest.length / TOLD_POINTS));
  const told = longest.filter((_, i) => i % step === 0 || i === longest.length - 1);
  const width = (WIDTH - LEFT - RIGHT) / told.length;
  return told.map(([at]) => {
    const values = series.flatMap(({ name, points }) => {
      const point = points.find(([x]) => x === at);
      return point === undefined ? [] : [`${name} ${formatNumber(point[1])}`];
    });
    const text = escapeText(`${xName} ${at}: ${values.join(', ')}`);
    const left = (Number(px(at)) - width / 2).toFixed(1);
    return `<rect class="hover" x="${left}" y="${TOP}" width="${width.toFixed(1)}" height="${HEIGHT - TOP - BOTTOM}"><title>${text}</title></rect>`;
  });
}
